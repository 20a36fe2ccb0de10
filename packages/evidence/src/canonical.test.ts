import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "./canonical.ts";

describe("canonicalJson", () => {
  test("the example of RFC 8785, section 3.2.2 and 3.2.3", () => {
    const value: unknown = JSON.parse(
      String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
    );
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  test("keys are sorted by UTF-16 code units, also those that look like numbers (RFC 8785, section 3.2.3)", () => {
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "10": 4, "9": 5, "\u{1f600}": 6, "\u0080": 7, ö: 8 };
    const keys = [...canonicalJson(value).matchAll(/:(\d)/g)].map(([, position]) => Number(position));
    expect(keys).toEqual([2, 4, 5, 7, 8, 1, 6, 3]);
  });

  test("members in any order give the same bytes, and they read back as the same value", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol("s"), () => 1, [undefined]])(
    "refuses what JSON cannot say: %s",
    (value) => {
      expect(() => canonicalJson({ value })).toThrow(TypeError);
    },
  );

  test("a member without a value is left out", () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
  });
});
