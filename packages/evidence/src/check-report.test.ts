/** The schema, judged by ajv, and checkReport must accept and refuse the same shapes. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { checkReport, ReportError } from "./check-report.ts";
import { sampleReport } from "./report.fixture.ts";

const schema = JSON.parse(
  readFileSync(new URL("../schema/report.schema.json", import.meta.url), "utf8"),
) as Record<string, unknown>;
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
const isValid = ajv.compile(schema);

type Path = readonly (string | number)[];
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const sample = (): Json => JSON.parse(JSON.stringify(sampleReport())) as Json;

/** Every place of a value, the value itself first. */
function places(value: Json, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, key]))];
}

/** The sample with one place changed; `undefined` takes it away. */
function changed(path: Path, value: Json | undefined): Json {
  const copy = sample();
  let at = copy as Record<string, Json>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, Json>;
  const last = path.at(-1) as string;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

function valueAt(path: Path): Json {
  return path.reduce<Json>((value, key) => (value as Record<string, Json>)[key] as Json, sample());
}

/** Of every object that a schema describes. */
function memberNames(part: unknown): readonly string[] {
  if (typeof part !== "object" || part === null) return [];
  const own =
    "properties" in part && "additionalProperties" in part ? Object.keys(part.properties as object) : [];
  return [...own, ...Object.values(part).flatMap(memberNames)];
}

function problemsOf(value: unknown): readonly string[] {
  try {
    checkReport(value);
    return [];
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    return error.problems.map(({ path }) => path);
  }
}

const OPTIONAL = [
  /^engine\.securityModules$/,
  /^services\.0\.(problem|confinement|confinementUnseen|limits\.\w+)$/,
  /^reach\.\d\.(from|problem)$/,
  /^findings\.\d\.(source(\.column)?|fix|loosened|mechanism)$/,
  // Evidence that the verdict does not rest on.
  /^findings\.[34]\.hardened$/,
];
const members = places(sample()).filter((path) => path.length > 0 && !/^\d+$/.test(String(path.at(-1))));

describe("a report", () => {
  test("the sample has every member that the schema knows, and both accept it", () => {
    expect(isValid(sample()), ajv.errorsText(isValid.errors)).toBe(true);
    expect(problemsOf(sample())).toEqual([]);
    const named = new Set(members.map((path) => path.at(-1)));
    expect(memberNames(schema).filter((name) => !named.has(name))).toEqual([]);
  });

  test.each(members.map((path) => [path.join("."), path] as const))("without %s", (name, path) => {
    const value = changed(path, undefined);
    const isOptional = OPTIONAL.some((pattern) => pattern.test(name));
    expect(problemsOf(value).length === 0).toBe(isOptional);
    expect(isValid(value)).toBe(isOptional);
  });

  test.each(members.map((path) => [path.join("."), path] as const))(
    "with the wrong kind at %s",
    (_, path) => {
      const wrong: Json = typeof valueAt(path) === "string" ? 7 : "seven";
      expect(problemsOf(changed(path, wrong))).not.toEqual([]);
      expect(isValid(changed(path, wrong))).toBe(false);
    },
  );

  const objects = places(sample()).filter((path) => {
    const value = valueAt(path);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  });
  test.each(objects.map((path) => [path.join(".") || "the report", path] as const))(
    "with an unknown member in %s",
    (_, path) => {
      const value = changed([...path, "surprise"], true);
      expect(problemsOf(value).some((problem) => problem.endsWith(".surprise"))).toBe(true);
      expect(isValid(value)).toBe(false);
    },
  );

  const WRONG: readonly (readonly [string, Path, Json])[] = [
    ["a schema of the future", ["schemaVersion"], 2],
    ["a time without a zone", ["createdAt"], "2026-01-02T03:04:05"],
    ["a thirteenth month", ["createdAt"], "2026-13-02T03:04:05Z"],
    ["a short digest", ["plan"], "sha256:abc"],
    ["a negative size", ["images", 0, "unpackedSize"], -1],
    ["half a byte", ["images", 0, "layers", 0, "packedSize"], 0.5],
    ["port 0", ["services", 0, "ports", 0, "published"], 0],
    ["port 65536", ["services", 0, "ports", 0, "target"], 65_536],
    ["line 0", ["findings", 0, "source", "line"], 0],
    ["a verdict nobody knows", ["findings", 0, "verdict"], "fine"],
    ["no CPU at all", ["services", 0, "limits", "cpus"], 0],
    ["an empty name", ["project"], ""],
    ["a held claim whose attack worked", ["findings", 2, "hardened", "outcome"], "breached"],
    ["a held claim whose twin refused too", ["findings", 2, "twin", "outcome"], "refused"],
    ["a breached claim whose attack was refused", ["findings", 1, "hardened", "outcome"], "refused"],
  ];
  test.each(WRONG)("with %s", (_, path, value) => {
    expect(problemsOf(changed(path, value))).not.toEqual([]);
    expect(isValid(changed(path, value))).toBe(false);
  });

  test.each([null, undefined, 7, "report", [], {}])("%j is none", (value) => {
    expect(problemsOf(value)).not.toEqual([]);
    expect(isValid(value)).toBe(false);
  });
});

describe("what a schema cannot say", () => {
  test("an id that occurs twice", () => {
    expect(problemsOf(changed(["findings", 1, "id"], "absent.probe/app"))).toEqual(["$.findings[1].id"]);
  });

  test("counts that are not those of the findings", () => {
    expect(problemsOf(changed(["summary", "held"], 2))).toEqual(["$.summary.held"]);
  });

  test("an exit code that is not that of the findings", () => {
    expect(problemsOf(changed(["exitCode"], 0))).toEqual(["$.exitCode"]);
  });
});

test("the message names the place, what was expected and what was found", () => {
  const value = changed(["findings", 2, "claim", "ru"], 7);
  expect(() => checkReport(value)).toThrow("$.findings[2].claim.ru: expected a text, found 7");
  expect(problemsOf(changed(["a b"], 1))).toEqual(['$["a b"]']);
});

test("keys of the prototype are not members", () => {
  const value = JSON.parse(JSON.stringify(sample()).replace(/^\{/, '{"__proto__":{"x":1},')) as unknown;
  expect(problemsOf(value)).toEqual(["$.__proto__"]);
});
