import { spawnSync } from "node:child_process";
import type { Finding } from "@seaworthy/evidence";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assembleReport } from "../assemble.ts";
import { FACTS, FINDINGS } from "../report.fixture.ts";
import { renderJunit } from "./junit.ts";

const REPORT = assembleReport(FACTS, FINDINGS);

interface Case {
  readonly name: string;
  readonly kind: string | null;
  readonly message: string | null;
  readonly text: string;
}

interface Suite {
  readonly name: string;
  readonly counts: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

const hasPython = spawnSync("python3", ["--version"]).status === 0;
const READ = `
import json, sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
def case(one):
    kinds = [child for child in one if child.tag in ("failure", "error", "skipped")]
    return dict(name=one.get("name"), kind=kinds[0].tag if kinds else None,
                message=kinds[0].get("message") if kinds else None,
                text="".join(one.itertext()))
print(json.dumps([dict(name=suite.get("name"), counts=dict(suite.attrib), cases=[case(one) for one in suite]) for suite in root]))
`;

/** As a reader that nobody here wrote understands it. */
function read(xml: string): readonly Suite[] {
  const { status, stdout, stderr } = spawnSync("python3", ["-c", READ], { input: xml });
  expect(status, stderr.toString()).toBe(0);
  return JSON.parse(stdout.toString()) as readonly Suite[];
}

describe.skipIf(!hasPython)("read by Python (needs python3)", () => {
  test("every finding is a case, passes included, and the counts are those of the cases", () => {
    const suites = read(renderJunit(REPORT, "en"));
    const cases = suites.flatMap((suite) => suite.cases);
    expect(new Set(cases.map(({ name }) => name.split(":")[0]))).toEqual(
      new Set(FINDINGS.map(({ id }) => id)),
    );
    expect(cases).toHaveLength(FINDINGS.length);
    for (const { counts, cases: own } of suites) {
      expect(Number(counts["tests"])).toBe(own.length);
      for (const [key, kind] of [
        ["failures", "failure"],
        ["errors", "error"],
        ["skipped", "skipped"],
      ] as const)
        expect(Number(counts[key])).toBe(own.filter((one) => one.kind === kind).length);
    }
  });

  test.each<[Finding["verdict"], string | null]>([
    ["held", null],
    ["breached", "failure"],
    ["unproven", "error"],
    ["absent", "skipped"],
    ["waived", "skipped"],
  ])("%s is told as %s", (verdict, kind) => {
    const [first] = FINDINGS;
    if (first === undefined) throw new Error("expected a finding");
    const report = { ...REPORT, findings: [{ ...first, verdict }] };
    const [one] = read(renderJunit(report, "en"))[0]?.cases ?? [];
    expect(one?.kind).toBe(kind);
    expect(one?.text).toContain(first.hardened?.summary.en ?? "");
  });

  test("whatever a service prints, the document can be read and says the same", () => {
    const [first] = FINDINGS;
    if (first === undefined) throw new Error("expected a finding");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const summary = { en: `[${text}]`, ru: "" };
        const hardened = { outcome: "breached" as const, summary, steps: [] };
        const finding: Finding = { ...first, verdict: "breached", reason: summary, hardened };
        const [one] = read(renderJunit({ ...REPORT, findings: [finding] }, "en"))[0]?.cases ?? [];
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot hold
        const legal = text.replace(
          /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF\p{Surrogate}]/gu,
          "\uFFFD",
        );
        expect(one?.message).toBe(`[${legal}]`);
      }),
      { numRuns: 40 },
    );
  });
});
