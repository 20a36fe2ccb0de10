import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault } from "../fault/fault.ts";
import { readDockerignore } from "./dockerignore.ts";

const FILES = ["a/1.txt", "a/b/2.txt", "a/b/c/3.txt", "d/4.md", "top.txt", "README.md", "x[y]/9", "#hash"];

const kept = (text: string): readonly string[] => {
  const isIgnored = readDockerignore(text, ".dockerignore");
  return FILES.filter((path) => !isIgnored(path));
};

// What Docker keeps of these files was read off real builds; test/lab compares again where there is an engine.
describe("what is kept of the context", () => {
  test.each<[string, readonly string[]]>([
    ["", FILES],
    ["*", []],
    ["*.txt", FILES.filter((path) => path !== "top.txt")],
    ["**/*.txt", ["d/4.md", "README.md", "x[y]/9", "#hash"]],
    ["/a/", ["d/4.md", "top.txt", "README.md", "x[y]/9", "#hash"]],
    ["a\n!a/b", ["a/b/2.txt", "a/b/c/3.txt", "d/4.md", "top.txt", "README.md", "x[y]/9", "#hash"]],
    ["*\n!a/b", ["a/b/2.txt", "a/b/c/3.txt"]],
    ["!top.txt\n*", []],
    ["**\n!**/*.md", ["d/4.md", "README.md"]],
    ["# a comment\n\\#hash", FILES.filter((path) => path !== "#hash")],
    ["x\\[y\\]", FILES.filter((path) => path !== "x[y]/9")],
    ["x[y]", FILES],
    ["a/*/2.txt", FILES.filter((path) => path !== "a/b/2.txt")],
    ["d/[^5].m?", FILES.filter((path) => path !== "d/4.md")],
    ["./a/../d", FILES.filter((path) => path !== "d/4.md")],
    ["../top.txt", FILES],
    ["  top.txt  \r\n", FILES.filter((path) => path !== "top.txt")],
  ])("%j", (text, expected) => {
    expect(kept(text)).toEqual(expected);
  });
});

test.each(["d/[a-", "a\\", "*\n!["])("%j is refused, as Docker refuses it", (text) => {
  expect(() => readDockerignore(text, "x/.dockerignore")).toThrowError(
    expect.objectContaining({
      code: "plan/dockerignore",
      place: { file: "x/.dockerignore", line: text.split("\n").length },
    }),
  );
});

test("any text is a list of patterns or a fault", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), (text, path) => {
      try {
        expect(typeof readDockerignore(text, "f")(path)).toBe("boolean");
      } catch (error) {
        expect(error).toBeInstanceOf(Fault);
      }
    }),
  );
});
