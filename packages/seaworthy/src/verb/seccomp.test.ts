import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { seccompFile } from "./seccomp.ts";

test.each(["myapp", "fastapi"])("%s has the strict profile as it is printed", (example) => {
  const file = join(import.meta.dirname, "../../../../examples", example, "seccomp.json");
  expect(readFileSync(file, "utf8")).toBe(seccompFile("strict"));
});

test("the postures differ in what they allow", () => {
  expect(seccompFile("baseline")).toContain('"ptrace"');
  expect(seccompFile("strict")).not.toContain('"ptrace"');
});
