import { expect, test } from "vitest";
import { closest } from "./closest.ts";

test.each([
  ["readonly", "read_only"],
  ["enviroment", "environment"],
  ["port", "ports"],
  ["x", undefined],
  ["something", undefined],
])("%s is probably %s", (word, meant) => {
  expect(closest(word, ["ports", "read_only", "environment", "user"])).toBe(meant);
});
