import { expect, test } from "vitest";
import type { Verdict } from "./finding.ts";
import { sampleReport } from "./report.fixture.ts";
import { exitCodeOf, summarise } from "./report.ts";

const [base] = sampleReport().findings;
if (base === undefined) throw new TypeError("expected a finding in the sample");

const CASES: readonly (readonly [readonly Verdict[], 0 | 1 | 2])[] = [
  [[], 2],
  [["held"], 0],
  [["held", "absent", "waived"], 0],
  [["absent"], 2],
  [["held", "unproven"], 2],
  [["held", "breached"], 1],
  [["unproven", "breached"], 1],
];

test.each(CASES)("%j exits with %d", (verdicts, code) => {
  const findings = verdicts.map((verdict) => ({ ...base, verdict }));
  expect(exitCodeOf(findings)).toBe(code);
  expect(Object.values(summarise(findings)).reduce((sum, count) => sum + count, 0)).toBe(verdicts.length);
});
