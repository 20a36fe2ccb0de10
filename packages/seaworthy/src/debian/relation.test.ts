import { expect, test } from "vitest";
import { formatRelation, parseRelations, satisfies } from "./relation.ts";

const format = (text: string) =>
  parseRelations(text, "amd64").map((alternatives) => alternatives.map(formatRelation).join(" | "));

test.each([
  ["", []],
  ["libc6", ["libc6"]],
  ["libc6 (>= 2.36), zlib1g(>=1:1.2)", ["libc6 (>= 2.36)", "zlib1g (>= 1:1.2)"]],
  ["debconf (>= 0.5) | debconf-2.0", ["debconf (>= 0.5) | debconf-2.0"]],
  ["perl:any, g++:native (<< 5)", ["perl", "g++ (<< 5)"]],
  ["a [amd64 arm64], b [arm64], c [!amd64], d [!arm64 !i386]", ["a", "d"]],
  ["a [arm64] | b", ["b"]],
  ["a (< 1), b (> 1)", ["a (<= 1)", "b (>= 1)"]],
  [" a ,, b,", ["a", "b"]],
])("%j", (text, expected) => {
  expect(format(text)).toEqual(expected);
});

test.each(["A", "a (1)", "a (>= )", "a (>= 1", "a || b", "a b", "a (== 1)", "-a"])(
  "%j is refused",
  (text) => {
    expect(() => format(text)).toThrow(expect.objectContaining({ code: "debian/relation" }));
  },
);

test.each([
  ["a", undefined, true],
  ["a (>= 1)", undefined, false],
  ["a (>= 1.0)", "1.0~rc1", false],
  ["a (>= 1.0)", "1.0", true],
  ["a (<< 1.0)", "1.0~rc1", true],
  ["a (= 1.0-0)", "1.0", true],
  ["a (>> 1.0)", "1.0", false],
  ["a (<= 1.0)", "1.0", true],
])("%s by version %s: %s", (text, version, expected) => {
  const relation = parseRelations(text, "amd64")[0]?.[0];
  expect(relation && satisfies(version, relation)).toBe(expected);
});
