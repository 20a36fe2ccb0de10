import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InterpolationError, interpolate } from "./interpolation.ts";

const variables: Readonly<Record<string, string>> = { SET: "value", EMPTY: "", OTHER: "x" };
const lookup = (name: string): string | undefined => variables[name];

test.each([
  ["plain", "plain"],
  ["$SET", "value"],
  ["a${SET}b", "avalueb"],
  ["$SET-x", "value-x"],
  ["$$SET", "$SET"],
  ["$${SET}", "${SET}"],
  ["${UNSET:-d}", "d"],
  ["${EMPTY:-d}", "d"],
  ["${EMPTY-d}", ""],
  ["${UNSET-d}", "d"],
  ["${SET:+x}", "x"],
  ["${EMPTY:+x}", ""],
  ["${EMPTY+x}", "x"],
  ["${UNSET+x}", ""],
  ["${SET:?must}", "value"],
  ["${EMPTY?must}", ""],
  ["${UNSET:-${OTHER}}", "x"],
  ["${UNSET:-${ALSO:-deep}}", "deep"],
  ["${UNSET:-a:b-c}", "a:b-c"],
  ["a${UNSET}b", "ab"],
])("%s becomes %s", (template, text) => {
  expect(interpolate(template, lookup).text).toBe(text);
});

test("unset variables without a default are named", () => {
  expect(interpolate("$A ${B} ${C:-x} $SET", lookup).unset).toEqual(["A", "B"]);
});

test.each([
  "$",
  "$ x",
  "$1",
  "${",
  "${SET",
  "${}",
  "${1}",
  "${SET!x}",
  "${UNSET:?is missing}",
  "${EMPTY:?x}",
])("%s is refused", (template) => {
  expect(() => interpolate(template, lookup)).toThrow(InterpolationError);
});

test("defaults nested without end are refused", () => {
  expect(() => interpolate("${A:-".repeat(5000) + "}".repeat(5000), lookup)).toThrow(InterpolationError);
});

describe("laws", () => {
  test("a text whose dollars are doubled comes back as it was", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(interpolate(text.replaceAll("$", "$$$$"), lookup).text).toBe(text);
      }),
    );
  });

  test("any text is put in as it is, never read again", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(interpolate("<${A}>", () => value).text).toBe(`<${value}>`);
      }),
    );
  });
});
