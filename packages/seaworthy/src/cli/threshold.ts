/** What makes a check or a proof fail: how severe, and whether it was known before. */
import { exitCodeOf, type Finding, summarise } from "@seaworthy/evidence";
import { type ExitCode, Fault } from "../fault/fault.ts";
import { SEVERITIES, type Severity } from "../posture/about.ts";
import { isAtLeast, severityOf } from "../report/claims.ts";
import { compareWith, readBaseline, writeBaseline } from "../verb/baseline.ts";
import type { Given, Option } from "./command.ts";

export const THRESHOLD: readonly Option[] = [
  {
    name: "fail-on",
    value: SEVERITIES.join("|"),
    summary: "what is less severe is shown, and does not decide the exit code",
  },
  { name: "baseline", value: "FILE", summary: "what was known when it was made does not fail" },
  { name: "write-baseline", value: "FILE", summary: "note everything that fails today as known" },
];

/** What `--fail-on` and the baseline make of findings. */
export interface Threshold {
  readonly failOn: Severity;
  readonly baseline: string | undefined;
  readonly writeTo: string | undefined;
}

/** @throws Fault `cli/usage` */
export function thresholdOf(given: Given): Threshold {
  const wanted = given.text("fail-on") ?? "low";
  const failOn = SEVERITIES.find((severity) => severity === wanted);
  if (failOn === undefined) {
    throw new Fault({
      code: "cli/usage",
      message: `expected ${SEVERITIES.join(", ")} after --fail-on, found "${wanted}"`,
    });
  }
  const [baseline, writeTo] = [given.text("baseline"), given.text("write-baseline")];
  if (baseline !== undefined && writeTo !== undefined) {
    throw new Fault({
      code: "cli/usage",
      message: "expected --baseline or --write-baseline, found both",
      hint: "A baseline is written from everything that fails, known or not.",
    });
  }
  return { failOn, baseline, writeTo };
}

/** @param warn told what the baseline names and is mended */
export async function againstBaseline(
  findings: readonly Finding[],
  { baseline, writeTo }: Threshold,
  warn: (text: string) => void,
): Promise<readonly Finding[]> {
  const file = baseline ?? writeTo;
  if (file === undefined) return findings;
  if (writeTo !== undefined)
    warn(`${await writeBaseline(writeTo, findings)} findings are known from now on: ${writeTo}`);
  const { findings: compared, mended } = compareWith(await readBaseline(file), file, findings);
  if (mended.length > 0) {
    warn(
      `${mended.length} findings of ${file} are mended (${mended[0]}${mended.length > 1 ? ", ..." : ""}): write it anew`,
    );
  }
  return compared;
}

/** A proof that saw nothing is none, whatever it would have failed on. */
export function exitCodeFrom(findings: readonly Finding[], failOn: Severity): 0 | ExitCode {
  if (summarise(findings).held === 0) return exitCodeOf(findings);
  const { breached, unproven } = summarise(
    findings.filter((finding) => isAtLeast(severityOf(finding), failOn)),
  );
  if (breached > 0) return 1;
  return unproven > 0 ? 2 : 0;
}
