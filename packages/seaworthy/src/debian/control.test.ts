import fc from "fast-check";
import { expect, test } from "vitest";
import { Fault } from "../fault/fault.ts";
import { parseControl } from "./control.ts";

const parse = (text: string) => parseControl(text, "control").map((fields) => Object.fromEntries(fields));

test.each([
  ["", []],
  ["\n \n\n", []],
  ["A: 1\nB:2", [{ a: "1", b: "2" }]],
  ["A: 1\n\n\nA: 2\n", [{ a: "1" }, { a: "2" }]],
  ["List: one\n two\n\tthree", [{ list: "one\ntwo\nthree" }]],
  ["SHA256:\n ab 1 x\n", [{ sha256: "\nab 1 x" }]],
  ["# why\nA: 1\n# more\n go", [{ a: "1\ngo" }]],
  ["A: b: c\r\n", [{ a: "b: c" }]],
  ["A:", [{ a: "" }]],
])("%j", (text, expected) => {
  expect(parse(text)).toEqual(expected);
});

test.each([
  [" continued", 1],
  ["A: 1\nno field here", 2],
  ["A: 1\nB: 2\na: 3", 3],
  ["-A: 1", 1],
  ["A: 1\n\n two", 3],
])("%j is refused, with its line", (text, line) => {
  expect(() => parse(text)).toThrow(
    expect.objectContaining({ code: "debian/control", place: { file: "control", line } }),
  );
});

test("any text gives paragraphs or a fault", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from("Ab: \n\t#-\r\0")) }), (text) => {
      try {
        for (const fields of parse(text)) expect(Object.keys(fields)).not.toHaveLength(0);
      } catch (error) {
        expect(error).toBeInstanceOf(Fault);
      }
    }),
  );
});
