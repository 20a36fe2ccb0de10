import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CommandLineError, splitCommandLine } from "./command-line.ts";

test.each([
  ["", []],
  ["node dist/main.js", ["node", "dist/main.js"]],
  ["  a \t b\n c ", ["a", "b", "c"]],
  [`a "b c" 'd e'`, ["a", "b c", "d e"]],
  [`a"b"'c'd`, ["abcd"]],
  [`"" ''`, ["", ""]],
  [`'a\\b' "a\\"b" a\\ b`, ["a\\b", 'a"b', "a b"]],
  ["echo $HOME", ["echo", "$HOME"]],
])("%j is split", (text, words) => {
  expect(splitCommandLine(text)).toEqual(words);
});

test.each(["'a", '"a', "a\\", "a && b", "a | b", "a > b", "(a)", "a; b", "`a`"])("%j is refused", (text) => {
  expect(() => splitCommandLine(text)).toThrow(CommandLineError);
});

test("what a shell would print for quoted words is what we split", () => {
  const words = fc.array(fc.string({ unit: fc.constantFrom("a", " ", '"', "$", "&", "\\", "é") }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(words, (expected) => {
      const line = expected.map((word) => `'${word}'`).join(" ");
      expect(splitCommandLine(line)).toEqual(expected);
      const printed = execFileSync("/bin/sh", ["-c", `printf '%s\\n' ${line}`], { encoding: "utf8" });
      expect(printed.split("\n").slice(0, -1)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});
