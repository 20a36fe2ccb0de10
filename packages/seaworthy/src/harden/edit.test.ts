import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { CORPUS } from "./corpus.fixture.ts";
import { unifiedDiff } from "./diff.ts";
import { editYaml } from "./edit.ts";
import { type Edit, editedValue, isMapping } from "./edit-value.ts";
import { plainValue, readYaml, type YamlValue } from "./yaml-source.ts";

const valueOf = (text: string): YamlValue => plainValue(readYaml(text, "f"));
const edit = (text: string, ...edits: Edit[]): string => editYaml(text, edits, "compose.yaml");
const servicesOf = (text: string): readonly string[] => {
  const value = valueOf(text);
  const services = isMapping(value) ? value["services"] : undefined;
  return Object.keys(isMapping(services) ? services : {});
};

/** Everything that the posture may ask for. */
function postureOf(service: string): readonly Edit[] {
  const path = (...keys: (string | number)[]): readonly (string | number)[] => ["services", service, ...keys];
  return [
    { kind: "set", path: path("user"), value: "10001:10001" },
    { kind: "set", path: path("read_only"), value: true },
    { kind: "add", path: path("tmpfs"), item: "/tmp:size=16m,mode=1777,noexec,nosuid,nodev" },
    { kind: "set", path: path("cap_drop"), value: ["ALL"] },
    { kind: "add", path: path("cap_add"), item: "CHOWN" },
    { kind: "drop", path: path("security_opt"), item: "seccomp=unconfined" },
    { kind: "add", path: path("security_opt"), item: "no-new-privileges:true" },
    { kind: "remove", path: path("privileged") },
    { kind: "remove", path: path("network_mode") },
    { kind: "swap", path: path("ports"), item: "80:80", to: "127.0.0.1:80:80" },
    { kind: "set", path: path("pids_limit"), value: 64 },
    { kind: "set", path: path("cpus"), value: 0.5 },
    { kind: "set", path: ["volumes", "new-data"], value: {} },
  ];
}

describe("editing nothing", () => {
  it.each([...CORPUS])("changes no byte: %s", (_, text) => {
    expect(edit(text)).toBe(text);
  });
});

describe.each([...CORPUS])("a realistic file: %s", (_, text) => {
  it("says exactly what is wanted after every single edit, and once more is once", () => {
    for (const service of servicesOf(text)) {
      for (const one of postureOf(service)) {
        const after = edit(text, one);
        expect(valueOf(after)).toEqual(editedValue(valueOf(text), one));
        expect(edit(after, one)).toBe(after);
      }
    }
  });

  it("says exactly what is wanted after all edits of all services together", () => {
    const edits = servicesOf(text).flatMap(postureOf);
    const after = edit(text, ...edits);
    let wanted = valueOf(text);
    for (const one of edits) wanted = editedValue(wanted, one);
    expect(valueOf(after)).toEqual(wanted);
    expect(edit(after, ...edits)).toBe(after);
  });

  it("keeps its line ends", () => {
    const after = edit(text, ...servicesOf(text).flatMap(postureOf));
    const isWindows = text.includes("\r\n");
    expect([...after.matchAll(/(\r?)\n/g)].every(([, cr]) => (cr === "\r") === isWindows)).toBe(true);
    expect(after.endsWith("\n")).toBe(text.endsWith("\n"));
  });

  it("only adds lines when only keys are added", () => {
    for (const service of servicesOf(text)) {
      const after = edit(text, { kind: "set", path: ["services", service, "shm_size"], value: "64m" });
      const changes = unifiedDiff(text, after, "f").filter(({ kind }) => kind === "removed");
      // In flow style the line itself grows, and so does a last line without an end. An anchor of one service that
      // others merge is written out for them.
      const may =
        /&app\b/.test(text) && service === "app"
          ? 2
          : /^\{|: \*|: \{image/m.test(text) || !text.endsWith("\n")
            ? 1
            : 0;
      expect(changes.length).toBeLessThanOrEqual(may);
    }
  });
});

describe("where an edit goes", () => {
  it.each<[string, string, Edit, string]>([
    [
      "a key behind the last one, after its comments",
      "services:\n  a:\n    image: x\n    ports:\n      - '1:1'\n      # - '2:2'\n\n  b: {}\n",
      { kind: "set", path: ["services", "a", "read_only"], value: true, comment: "why" },
      "services:\n  a:\n    image: x\n    ports:\n      - '1:1'\n      # - '2:2'\n    read_only: true # why\n\n  b: {}\n",
    ],
    [
      "a list as the file writes its lists",
      "services:\n  a:\n    ports:\n    - x\n",
      { kind: "add", path: ["services", "a", "cap_drop"], item: "ALL" },
      "services:\n  a:\n    ports:\n    - x\n    cap_drop:\n    - ALL\n",
    ],
    [
      "an item into a flow list with a last comma",
      "a: [x,\n  y, ] # c\n",
      { kind: "add", path: ["a"], item: "p q" },
      'a: [x,\n  y, "p q", ] # c\n',
    ],
    [
      "a value before its comment",
      "a: 'x'   # keep\n",
      { kind: "set", path: ["a"], value: false },
      "a: false   # keep\n",
    ],
    [
      "a value where none was",
      "a:   # none\nb: 1\n",
      { kind: "set", path: ["a"], value: 5 },
      "a: 5   # none\nb: 1\n",
    ],
    ["a list where none was", "a:\nb: 1\n", { kind: "add", path: ["a"], item: "z" }, "a:\n  - z\nb: 1\n"],
    [
      "a list for one value",
      "tmpfs: /run # r\n",
      { kind: "add", path: ["tmpfs"], item: "/tmp" },
      "tmpfs: [/run, /tmp] # r\n",
    ],
    [
      "no key, and its lines",
      "a:\n  b:\n    - 1\n    - 2 # two\n  c: 3\n",
      { kind: "remove", path: ["a", "b"] },
      "a:\n  c: 3\n",
    ],
    ["no last key", "a:\n  b: 1\n", { kind: "remove", path: ["a", "b"] }, "a: {}\n"],
    ["no last item", "a: # c\n  - x\nb: 1\n", { kind: "drop", path: ["a"], item: "x" }, "a: [] # c\nb: 1\n"],
    ["no first flow item", "a: [ x, y ]\n", { kind: "drop", path: ["a"], item: "x" }, "a: [ y ]\n"],
    [
      "another item",
      'a:\n  - "80:80" # web\n',
      { kind: "swap", path: ["a"], item: "80:80", to: "127.0.0.1:80:80" },
      'a:\n  - "127.0.0.1:80:80" # web\n',
    ],
    [
      "a key of a mapping inside a list",
      "p:\n  - target: 80\n    published: 80\n",
      { kind: "set", path: ["p", 0, "host_ip"], value: "127.0.0.1" },
      'p:\n  - target: 80\n    published: 80\n    host_ip: "127.0.0.1"\n',
    ],
    [
      "a new section at the end",
      "services:\n  a: {image: x}\n",
      { kind: "set", path: ["volumes", "data"], value: {} },
      "services:\n  a: {image: x}\n\nvolumes:\n  data: {}\n",
    ],
    [
      "the service itself, not the anchor that others share",
      "x-c: &c\n  read_only: false\nservices:\n  a:\n    <<: *c\n  b:\n    <<: *c\n",
      { kind: "set", path: ["services", "a", "read_only"], value: true },
      "x-c: &c\n  read_only: false\nservices:\n  a:\n    <<: *c\n    read_only: true\n  b:\n    <<: *c\n",
    ],
    [
      "a service that is an alias",
      "x-c: &c\n  image: x\nservices:\n  a: *c # same\n",
      { kind: "set", path: ["services", "a", "read_only"], value: true },
      "x-c: &c\n  image: x\nservices:\n  a:\n    <<: *c # same\n    read_only: true\n",
    ],
    [
      "a list that an alias stood for",
      "x: &o\n  - label=disable\na: *o\nb: *o\n",
      { kind: "add", path: ["a"], item: "no-new-privileges:true" },
      'x: &o\n  - label=disable\na: [label=disable, "no-new-privileges:true"]\nb: *o\n',
    ],
    [
      "a service whose anchor another uses, which keeps what it had",
      "services:\n  a: &a\n    image: x\n    mode: 0444\n  b:\n    <<: *a\n    user: c\n",
      { kind: "set", path: ["services", "a", "read_only"], value: true },
      "services:\n  a: &a\n    image: x\n    mode: 0444\n    read_only: true\n  b:\n    <<: {image: x, mode: 0444}\n    user: c\n",
    ],
    [
      "nothing of what is merged",
      "x-c: &c {image: x, privileged: true}\nservices:\n  a:\n    <<: *c\n",
      { kind: "remove", path: ["services", "a", "privileged"] },
      "x-c: &c {image: x, privileged: true}\nservices:\n  a:\n    <<: {image: x}\n",
    ],
  ])("%s", (_, before, one, after) => {
    expect(edit(before, one)).toBe(after);
  });

  it("leaves a shared anchor alone when all who use it want the same", () => {
    const text = "services:\n  a: &a\n    image: x\n  b:\n    <<: *a\n";
    const both = ["a", "b"].map(
      (name): Edit => ({ kind: "set", path: ["services", name, "init"], value: true }),
    );
    expect(edit(text, ...both)).toBe("services:\n  a: &a\n    image: x\n    init: true\n  b:\n    <<: *a\n");
  });
});

describe("what is refused", () => {
  it.each([
    ["two documents", "a: 1\n---\nb: 2\n"],
    ["a list at the top", "- a\n"],
    ["nothing", ""],
    ["a mistake", "a: [1\n"],
    ["an alias of nothing", "a: *b\n"],
    ["brackets without end", "[".repeat(5000)],
  ])("%s", (_, text) => {
    expect(() => edit(text)).toThrow(expect.objectContaining({ code: "harden/yaml" }));
  });

  it("a document that grows without bound", () => {
    const lines = Array.from(
      { length: 12 },
      (_, n) =>
        `l${n}: &l${n} [${Array(9)
          .fill(n === 0 ? "x" : `*l${n - 1}`)
          .join(", ")}]`,
    );
    expect(() => edit(`${lines.join("\n")}\n`)).toThrow(expect.objectContaining({ code: "harden/yaml" }));
  });
});

describe("generated files", () => {
  const word = fc.constantFrom(
    "a",
    "image",
    "80:80",
    "yes",
    "0444",
    "x: y",
    "# no",
    "it's",
    "tail ",
    "*star",
    "&amp",
    "-",
    "",
  );
  const scalar = fc.oneof(
    word,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constant("one\ntwo\n"),
    fc.constant("keep\n\n"),
  );
  const value = fc.oneof(
    scalar,
    fc.array(word, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("k1", "k2"), scalar, { maxKeys: 2, noNullPrototype: true }),
  );
  const KEYS = ["user", "read_only", "tmpfs", "cap_drop", "security_opt", "command", "deploy"] as const;
  const service = fc.dictionary(fc.constantFrom(...KEYS), value, {
    minKeys: 1,
    maxKeys: 5,
    noNullPrototype: true,
  });
  const file = fc.record({
    services: fc.dictionary(fc.constantFrom("app", "db"), service, {
      minKeys: 1,
      maxKeys: 2,
      noNullPrototype: true,
    }),
  });
  const style = fc.record({
    indent: fc.constantFrom(2, 3, 4),
    indentSeq: fc.boolean(),
    collectionStyle: fc.constantFrom("any" as const, "flow" as const),
    defaultStringType: fc.constantFrom("PLAIN" as const, "QUOTE_SINGLE" as const, "QUOTE_DOUBLE" as const),
    lineWidth: fc.constantFrom(20, 80),
  });
  const change = (name: string): fc.Arbitrary<Edit> => {
    const path = fc.constantFrom(...KEYS).map((key) => ["services", name, key]);
    return fc.oneof(
      fc.record({ kind: fc.constant("set" as const), path, value }),
      fc.record({ kind: fc.constant("remove" as const), path }),
      fc.record({ kind: fc.constant("add" as const), path, item: fc.constantFrom("ALL", "p q", "80:80") }),
      fc.record({ kind: fc.constant("drop" as const), path, item: fc.constantFrom("a", "80:80", "yes") }),
      fc.record({
        kind: fc.constant("swap" as const),
        path,
        item: fc.constantFrom("a", "80:80"),
        to: fc.constantFrom("b", "c d"),
      }),
    );
  };

  it("say what is wanted after edits, and the same edits again change nothing", () => {
    fc.assert(
      fc.property(
        file,
        style,
        fc.array(change("app"), { maxLength: 4 }),
        fc.boolean(),
        (content, how, edits, windows) => {
          const unix = stringify(content, how);
          const text = windows ? unix.replaceAll("\n", "\r\n") : unix;
          let wanted = valueOf(text);
          for (const one of edits) wanted = editedValue(wanted, one);
          const after = edit(text, ...edits);
          expect(valueOf(after)).toEqual(wanted);
          if (edits.length === 1) expect(edit(after, ...edits)).toBe(after);
        },
      ),
      { numRuns: 400 },
    );
  });
});
