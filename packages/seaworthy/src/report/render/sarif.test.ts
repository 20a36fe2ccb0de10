import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "@seaworthy/evidence";
import Ajv from "ajv-draft-04";
import type { Log } from "sarif";
import { describe, expect, test } from "vitest";
import { renderSarif, type SarifOptions } from "./sarif.ts";

const SCHEMA = join(import.meta.dirname, "../../../../../test/fixtures/sarif/sarif-2.1.0.schema.json");
const ajv = new Ajv.default({ strict: false, validateFormats: false, unicodeRegExp: false });
const isValid = ajv.compile(JSON.parse(readFileSync(SCHEMA, "utf8")) as object);

const said = (text: string) => ({ en: text, ru: `${text} (ru)` });
const OPTIONS: SarifOptions = {
  ...{ version: "0.1.0", project: "myapp", prefix: "examples/my app", language: "en" },
  lineOf: (_, line) => `    read_only: ${line}`,
};
const breached: Finding = {
  ...{ id: "read-only-root.write-root/app", control: "read-only-root", kind: "control", service: "app" },
  ...{ claim: said("read-only"), verdict: "breached", fix: said("read_only: true") },
  hardened: { outcome: "breached", summary: said("could write"), steps: [{ did: 'open("/x")', saw: "3" }] },
  source: { file: "compose.yaml", line: 7, column: 5, key: "services.app.read_only" },
};
const { hardened: _, ...rest } = breached;
const FINDINGS: readonly Finding[] = [
  breached,
  { ...breached, id: "a/app", verdict: "waived", reason: said("ops accepts it"), control: "no-secrets" },
  { ...breached, id: "b/app", verdict: "held" },
  { ...rest, id: "c/app", verdict: "unproven", reason: said("no twin was run"), control: "seccomp" },
  { ...rest, id: "d/app", verdict: "absent", reason: said("there is none") },
];

function rendered(
  findings: readonly Finding[] = FINDINGS,
  more: Partial<SarifOptions> = {},
): Log["runs"][number] {
  const log = JSON.parse(renderSarif(findings, { ...OPTIONS, ...more })) as Log;
  expect(isValid(log), ajv.errorsText(isValid.errors)).toBe(true);
  const [run] = log.runs;
  if (run === undefined || log.runs.length > 1) throw new Error("expected one run");
  return run;
}

test("what failed is a result, at the line that would set the control, with a path from the repository's root", () => {
  const { results = [], tool } = rendered();
  expect(results).toHaveLength(2);
  expect(results[0]).toMatchObject({
    ...{ ruleId: "read-only-root", level: "warning", kind: "fail" },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: "examples/my%20app/compose.yaml" },
          region: { startLine: 7, startColumn: 5 },
        },
      },
    ],
    properties: { declared: ['open("/x") = 3'] },
  });
  expect(results[0]?.message.text).toContain("Seen: could write. Fix: read_only: true");
  expect(tool.driver.rules?.[results[0]?.ruleIndex ?? -1]).toMatchObject({
    id: "read-only-root",
    properties: { "security-severity": "5.5", tags: ["security", "container"] },
  });
});

test("what is accepted is suppressed, and says why", () => {
  expect(rendered().results?.[1]?.suppressions).toEqual([
    { kind: "external", status: "accepted", justification: "ops accepts it" },
  ]);
});

test("what could not be proven makes the run no success, and is no pass", () => {
  const { invocations: [invocation] = [] } = rendered();
  expect(invocation?.executionSuccessful).toBe(false);
  expect(invocation?.toolExecutionNotifications?.[0]?.message.text).toContain("not proven: no twin was run");
  expect(rendered([breached]).invocations?.[0]?.executionSuccessful).toBe(true);
});

test("what code scanning asks for", () => {
  const { results = [], tool, automationDetails } = rendered();
  expect(automationDetails?.id).toBe("seaworthy/myapp/");
  for (const { locations, partialFingerprints } of results) {
    expect(locations?.[0]?.physicalLocation?.artifactLocation?.uri).not.toMatch(/^(?:\/|[a-z]+:)/);
    expect(partialFingerprints?.["primaryLocationLineHash"]).toMatch(/^[0-9a-f]{16}:1$/);
  }
  for (const rule of tool.driver.rules ?? []) {
    expect(rule.shortDescription?.text).toBeTruthy();
    expect(rule.help?.markdown).toBeTruthy();
  }
});

describe("a fingerprint", () => {
  const fingerprint = (finding: Finding, more: Partial<SarifOptions> = {}) =>
    rendered([finding], more).results?.[0]?.partialFingerprints?.["primaryLocationLineHash"];
  const own = fingerprint(breached, { lineOf: () => "read_only: false" });

  test("stays when the line moves, or is indented", () => {
    const moved = { ...breached, source: { file: "compose.yaml", line: 70, key: "x" } };
    expect(fingerprint(moved, { lineOf: () => "      read_only: false" })).toBe(own);
  });

  test.each([
    ["text", breached, "read_only: no"],
    ["claim", { ...breached, id: "read-only-root.write-root/db" }, "read_only: false"],
  ])("changes with its %s", (_name, finding, line) => {
    expect(fingerprint(finding, { lineOf: () => line })).not.toBe(own);
  });
});

test("a finding without a line has a place all the same", () => {
  const { source: _source, ...nowhere } = breached;
  expect(rendered([nowhere]).results?.[0]?.locations?.[0]?.physicalLocation?.region?.startLine).toBe(1);
});

test("in the language that is asked for", () => {
  expect(rendered(FINDINGS, { language: "ru" }).results?.[0]?.message.text).toContain("could write (ru)");
});
