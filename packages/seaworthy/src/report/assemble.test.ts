import { canonicalJson, checkReport } from "@seaworthy/evidence";
import fc from "fast-check";
import { expect, test } from "vitest";
import { assembleReport } from "./assemble.ts";
import { FACTS, FINDINGS } from "./report.fixture.ts";

function shuffled<T>(items: readonly T[]): fc.Arbitrary<readonly T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length });
}

test("an assembled report passes its own check, and says what its findings say", () => {
  const report = checkReport(JSON.parse(canonicalJson(assembleReport(FACTS, FINDINGS))));
  expect(report.summary).toEqual({ held: 1, breached: 1, unproven: 1, absent: 1, waived: 1 });
  expect(report.exitCode).toBe(1);
  expect(report.findings.map(({ id }) => id)).toEqual([
    "no-shell/db",
    "read-only-root.write/app",
    "read-only-root.write/db",
    "seccomp.witness/app",
    "size-budget/app",
  ]);
  expect(report.services[0]?.ports.map(({ published }) => published)).toEqual([443, 8000]);
});

test("the same findings and facts in any order give the same bytes", () => {
  const bytes = canonicalJson(assembleReport(FACTS, FINDINGS));
  const services = shuffled(FACTS.services).chain((services) =>
    fc.tuple(...services.map((service) => shuffled(service.ports).map((ports) => ({ ...service, ports })))),
  );
  fc.assert(
    fc.property(shuffled(FINDINGS), services, (findings, services) => {
      expect(canonicalJson(assembleReport({ ...FACTS, services }, findings))).toBe(bytes);
    }),
  );
});

test("layers keep their order: the lowest is first", () => {
  const { images } = assembleReport(FACTS, FINDINGS);
  expect(images[0]?.layers.map(({ name }) => name)).toEqual(["runtime", "app"]);
});
