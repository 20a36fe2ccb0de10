import { expect, test } from "vitest";
import { parseDotenv } from "./dotenv.ts";

const lookup = (name: string): string | undefined => (name === "HOME" ? "/root" : undefined);
const parse = (text: string): Record<string, string> => Object.fromEntries(parseDotenv(text, ".env", lookup));

test.each([
  ["", {}],
  ["A=1\nB=2", { A: "1", B: "2" }],
  ["A=1\r\nB=2\r\n", { A: "1", B: "2" }],
  ["# note\n\nexport A = b # note", { A: "b" }],
  ["A=a#b", { A: "a#b" }],
  ["A=\nB=", { A: "", B: "" }],
  ["A='x # $HOME'\nB=1", { A: "x # $HOME", B: "1" }],
  ['A="x\\ny \\$HOME $HOME" # note', { A: "x\ny $HOME /root" }],
  ['A="two\nlines"\nB=1', { A: "two\nlines", B: "1" }],
  ["A=1\nB=${A}2\nC=${X:-d}", { A: "1", B: "12", C: "d" }],
  ["HOME\nNOTHING", { HOME: "/root" }],
  ["A: 1", { A: "1" }],
  ["A=1\nA=2", { A: "2" }],
])("%j is read", (text, values) => {
  expect(parse(text)).toEqual(values);
});

test.each([
  ["A=1\n=x", 2],
  ["A=1\n\nB='open\nx", 3],
  ['A="open', 1],
  ["1A=x", 1],
  ["A x", 1],
  ["A='x' y", 1],
  ["A=${", 1],
])("%j is refused on its line, without showing a value", (text, line) => {
  expect(() => parse(text)).toThrow(
    expect.objectContaining({ code: "compose/env-file", place: { file: ".env", line } }),
  );
});

test("a large file is read in linear time and a hostile one ends", () => {
  expect(Object.keys(parse(Array.from({ length: 50_000 }, (_, i) => `K${i}=v`).join("\n")))).toHaveLength(
    50_000,
  );
  expect(() => parse(`A="${"\\x".repeat(400_000)}`)).toThrow(
    expect.objectContaining({ code: "compose/env-file" }),
  );
});
