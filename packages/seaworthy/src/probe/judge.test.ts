import type { Attempt, Verdict } from "@seaworthy/evidence";
import fc from "fast-check";
import { expect, test } from "vitest";
import { judge } from "./judge.ts";

type Outcome = Attempt["outcome"];
const OUTCOMES: readonly Outcome[] = ["refused", "breached", "absent", "unable"];
const attempt = (outcome: Outcome): Attempt => ({
  outcome,
  summary: { en: outcome, ru: outcome },
  steps: [],
});

test.each<[Outcome, Outcome | undefined, Verdict]>([
  ["refused", "breached", "held"],
  ["refused", "refused", "unproven"],
  ["refused", "absent", "unproven"],
  ["refused", "unable", "unproven"],
  ["refused", undefined, "unproven"],
  ["breached", "breached", "breached"],
  ["breached", undefined, "breached"],
  ["absent", "breached", "absent"],
  ["unable", "breached", "unproven"],
])("%s in the container and %s in the twin: %s", (hardened, twin, verdict) => {
  expect(judge(attempt(hardened), twin === undefined ? undefined : attempt(twin)).verdict).toBe(verdict);
});

test("held needs a refused attempt and a breached twin, and what is unproven says why", () => {
  const any = fc.constantFrom(...OUTCOMES);
  fc.assert(
    fc.property(any, fc.option(any, { nil: undefined }), (hardened, twin) => {
      const { verdict, reason } = judge(attempt(hardened), twin === undefined ? undefined : attempt(twin));
      expect(verdict === "held").toBe(hardened === "refused" && twin === "breached");
      expect(verdict === "breached").toBe(hardened === "breached");
      if (verdict === "unproven" || verdict === "absent") expect(reason?.en).toBeTruthy();
    }),
  );
});
