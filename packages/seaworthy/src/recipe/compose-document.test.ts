import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parseCompose } from "./compose-document.ts";
import type { ComposeNode } from "./compose-node.ts";
import { sourceLine } from "./source-line.ts";

const parse = (text: string): ReturnType<typeof parseCompose> =>
  parseCompose(text, "dir/compose.yaml", (name) => ({ SET: "value" })[name]);

function plain(node: ComposeNode): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
}

describe("values", () => {
  test("merge keys, anchors, octal numbers and variables", () => {
    const { root } = parse(`
x-base: &base { a: 1, b: 2 }
one: { <<: *base, b: 3 }
two: { <<: [{ b: 9 }, *base] }
mode: 0444
dec: 10
text: "0444"
time: 22:22
no: no
empty:
var: \${SET}-x
`);
    expect(plain(root)).toMatchObject({
      one: { a: 1, b: 3 },
      two: { a: 1, b: 9 },
      mode: 0o444,
      dec: 10,
      text: "0444",
      time: "22:22",
      no: "no",
      empty: null,
      var: "value-x",
    });
  });

  test("a variable that is not set is empty, and said", () => {
    const { root, warnings } = parse("a: 1\nb: [x, $NONE]\n");
    expect(plain(root)).toEqual({ a: 1, b: ["x", ""] });
    expect(warnings).toEqual([
      {
        code: "compose/unset-variable",
        message: "NONE is not set, so b[1] uses an empty text for it",
        place: { file: "dir/compose.yaml", line: 2, column: 8 },
      },
    ]);
  });

  test("the names of object properties are keys like any other", () => {
    expect([...parse("__proto__: 1\nconstructor: 2\n").root.entries.keys()]).toEqual([
      "__proto__",
      "constructor",
    ]);
  });
});

test("a line is that of the key, of the anchor for merged keys, of the parent for missing ones", () => {
  const { root } = parse(
    "x: &x\n  user: a\nservices:\n  app:\n    <<: *x\n    ports:\n      - a\n      - b\n",
  );
  const at = (...path: string[]): unknown => sourceLine(root, path, resolve("dir"));
  expect(at("services", "app", "ports")).toEqual({
    file: "compose.yaml",
    line: 6,
    key: "services.app.ports",
  });
  expect(at("services", "app", "ports", "1")).toMatchObject({ line: 8 });
  expect(at("services", "app", "user")).toMatchObject({ line: 2 });
  expect(at("services", "app", "read_only")).toEqual({
    file: "compose.yaml",
    line: 4,
    key: "services.app.read_only",
  });
  expect(at("volumes", "x")).toMatchObject({ line: 1 });
});

describe("refused", () => {
  test.each([
    ["an open bracket", "a: [1\n", "compose/yaml"],
    ["a tab", "a:\n\t- b", "compose/yaml"],
    ["a key written twice", "a: 1\nb: 2\na: 3\n", "compose/yaml", 3],
    ["two documents", "a: 1\n---\nb: 2\n", "compose/yaml"],
    ["a tag that nobody knows", "a: !rest null\n", "compose/yaml", 1],
    ["bytes", "a: !!binary aGk=\n", "compose/yaml", 1],
    ["a collection as key", "? [a]\n: b\n", "compose/yaml", 1],
    ["an alias without anchor", "a: *b\n", "compose/yaml", 1],
    ["an alias before its anchor", "a: *b\nc: &b 1\n", "compose/yaml", 1],
    ["a merge of text", "a: { <<: x }\n", "compose/yaml", 1],
    ["nothing", "", "compose/value", 1],
    ["a list", "- a\n", "compose/value", 1],
    ["a text", "a", "compose/value", 1],
    ["a bad variable", "a: 1\nb: ${\n", "compose/interpolation", 2],
    ["a required variable", "a: ${X:?is needed}\n", "compose/interpolation", 1],
  ])("%s", (_, text, code, line?: number) => {
    const place = line === undefined ? expect.anything() : expect.objectContaining({ line });
    expect(() => parse(text)).toThrow(expect.objectContaining({ code, place, exit: 3 }));
  });

  const laughs = (merge: boolean): string => {
    const lines = ["a0: &a0 { x: 1 }"];
    for (let i = 1; i < 30; i += 1) {
      const all = Array.from({ length: 9 }, () => `*a${i - 1}`).join(", ");
      lines.push(merge ? `a${i}: &a${i} { <<: [${all}] }` : `a${i}: &a${i} [${all}]`);
    }
    return lines.join("\n");
  };

  test.each([
    ["aliases that multiply", laughs(false)],
    ["merges that multiply", laughs(true)],
    ["an alias to its own parent", "a: &a [*a]\n"],
    ["a merge of itself", "a: &a { <<: *a }\n"],
    ["a file of a megabyte", `a: ${"x".repeat(1024 * 1024)}`],
    ["lists in lists", `a: ${"[".repeat(100)}${"]".repeat(100)}`],
    ["lists in lists without end", `a: ${"[".repeat(100_000)}`],
    ["maps in maps", `a: ${"{a: ".repeat(5000)}1${"}".repeat(5000)}`],
    ["more values than anybody writes", `a: [${"1,".repeat(100_000)}]`],
  ])("%s", (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: "compose/size", exit: 3 }));
  });

  test("a hundred thousand aliases and as many keys end", () => {
    expect(() => parse(`a: &a 1\nb: [${"*a,".repeat(100_000)}]`)).toThrow(
      expect.objectContaining({ code: "compose/size" }),
    );
    const keys = Array.from({ length: 60_000 }, (_, i) => `k${i}:`).join("\n");
    expect(() => parse(keys)).toThrow(expect.objectContaining({ code: "compose/size" }));
  });
});
