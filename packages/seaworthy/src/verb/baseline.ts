/** A baseline: what was wrong on the day a team began, so that only what is new fails. */
import { readFile } from "node:fs/promises";
import type { Finding } from "@seaworthy/evidence";
import { isMissing } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";
import { writeWhole } from "../report/write.ts";

interface Baseline {
  readonly schemaVersion: 1;
  /** Ids of findings that were breached, sorted. */
  readonly known: readonly string[];
}

/** @throws Fault `baseline/missing` or `baseline/malformed`: a broken baseline never means an empty one */
export async function readBaseline(file: string): Promise<ReadonlySet<string>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Fault({
      code: "baseline/missing",
      message: `expected a baseline at ${file}, found nothing`,
      hint: `Make it once with: --write-baseline ${file}`,
    });
  }
  const malformed = (found: string): Fault =>
    new Fault({
      code: "baseline/malformed",
      message: `expected a baseline ({"schemaVersion": 1, "known": [...]}), found ${found}`,
      place: { file },
      hint: `Make it anew with: --write-baseline ${file}`,
    });
  let value: Partial<Baseline> | null;
  try {
    value = JSON.parse(text) as Partial<Baseline> | null;
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : "no JSON");
  }
  if (value?.schemaVersion !== 1) throw malformed("another version");
  if (!Array.isArray(value.known) || !value.known.every((id) => typeof id === "string")) {
    throw malformed("no list of ids");
  }
  return new Set(value.known);
}

export interface Compared {
  /** Those that were known are waived. */
  readonly findings: readonly Finding[];
  /** Ids of the baseline that are no longer breached. */
  readonly mended: readonly string[];
}

export function compareWith(
  known: ReadonlySet<string>,
  file: string,
  findings: readonly Finding[],
): Compared {
  const breached = new Set(findings.filter(({ verdict }) => verdict === "breached").map(({ id }) => id));
  return {
    findings: findings.map((finding) =>
      finding.verdict === "breached" && known.has(finding.id)
        ? {
            ...finding,
            verdict: "waived",
            reason: { en: `known since ${file} was made`, ru: `известно с тех пор, как создан ${file}` },
          }
        : finding,
    ),
    mended: [...known].filter((id) => !breached.has(id)),
  };
}

/** @returns how many findings are in it */
export async function writeBaseline(file: string, findings: readonly Finding[]): Promise<number> {
  const known = findings.filter(({ verdict }) => verdict === "breached").map(({ id }) => id);
  const baseline: Baseline = { schemaVersion: 1, known: [...known].sort() };
  await writeWhole(file, `${JSON.stringify(baseline, undefined, 2)}\n`);
  return known.length;
}
