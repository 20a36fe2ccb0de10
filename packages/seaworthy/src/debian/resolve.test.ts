import { expect, test } from "vitest";
import { vouchFor } from "../content/verified.ts";
import { mergeIndices, parseIndex } from "./package-index.ts";
import { resolve } from "./resolve.ts";

function stanza(name: string, version: string, fields = ""): string {
  return `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\nFilename: pool/${name}_${version}.deb\nSize: 1\nSHA256: ${"0".repeat(64)}\n${fields}\n`;
}
function indexOf(...stanzas: readonly string[]) {
  return mergeIndices([parseIndex(vouchFor(`${stanzas.join("\n")}\n`, "test"), "stable")]);
}
function names(stanzas: readonly string[], include: readonly string[], exclude: Record<string, string> = {}) {
  return resolve(indexOf(...stanzas), { architecture: "amd64", include, exclude }).map(
    ({ name, version }) => `${name} ${version}`,
  );
}

test("follows Depends and Pre-Depends, around circles, and says who needed what", () => {
  const index = indexOf(
    stanza("a", "1", "Depends: b, c (>= 1)"),
    stanza("b", "1", "Pre-Depends: a\nDepends: d"),
    stanza("c", "1"),
    stanza("d", "1"),
  );
  const found = resolve(index, { architecture: "amd64", include: ["a"], exclude: {} });
  expect(found.map(({ name, because }) => `${name}: ${because}`)).toEqual([
    "a: listed by the recipe",
    "b: needed by a",
    "c: needed by a",
    "d: needed by b",
  ]);
});

test.each([
  ["the highest version", [stanza("a", "1"), stanza("a", "2"), stanza("a", "1.9")], ["a"], ["a 2"]],
  ["a version on request", [stanza("a", "1"), stanza("a", "2")], ["a (= 1)"], ["a 1"]],
  [
    "the version a dependency asks for",
    [stanza("a", "1", "Depends: b (<< 2)"), stanza("b", "1"), stanza("b", "2")],
    ["a"],
    ["a 1", "b 1"],
  ],
  [
    "the first alternative that exists",
    [stanza("a", "1", "Depends: x | b | c"), stanza("b", "1"), stanza("c", "1")],
    ["a"],
    ["a 1", "b 1"],
  ],
  [
    "the alternative already there",
    [stanza("a", "1", "Depends: b | c"), stanza("b", "1"), stanza("c", "1")],
    ["c", "a"],
    ["a 1", "c 1"],
  ],
  ["a provider", [stanza("a", "1", "Depends: v"), stanza("p", "1", "Provides: v")], ["a"], ["a 1", "p 1"]],
  [
    "a provider of the right version",
    [
      stanza("a", "1", "Depends: v (>= 2)"),
      stanza("o", "1", "Provides: v"),
      stanza("p", "1", "Provides: v (= 2)"),
    ],
    ["a"],
    ["a 1", "p 1"],
  ],
  [
    "a package that conflicts with what it provides",
    [stanza("a", "1", "Provides: v\nConflicts: v")],
    ["a"],
    ["a 1"],
  ],
])("takes %s", (_, stanzas, include, expected) => {
  expect(names(stanzas, include)).toEqual(expected);
});

test("cuts what the recipe excludes, also by the name it provides, and notes it", () => {
  const index = indexOf(
    stanza("a", "1", "Depends: awk, debconf (>= 0.5) | debconf-2.0"),
    stanza("mawk", "1", "Provides: awk"),
    stanza("debconf", "1"),
  );
  const exclude = { mawk: "scripts only", debconf: "no questions" };
  expect(resolve(index, { architecture: "amd64", include: ["a"], exclude })).toMatchObject([
    { name: "a", without: { awk: "scripts only", "debconf (>= 0.5) | debconf-2.0": "no questions" } },
  ]);
});

test.each([
  ["debian/unknown-package", [stanza("a", "1")], ["b"]],
  ["debian/unknown-package", [stanza("a", "1")], ["a (= 2)"]],
  ["debian/unsatisfiable", [stanza("a", "1", "Depends: gone")], ["a"]],
  ["debian/unsatisfiable", [stanza("a", "1", "Depends: b (>= 2)"), stanza("b", "1")], ["a"]],
  ["debian/conflict", [stanza("a", "1", "Conflicts: b"), stanza("b", "1")], ["a", "b"]],
  ["debian/conflict", [stanza("a", "1"), stanza("b", "1", "Breaks: a (<< 2)")], ["a", "b"]],
])("%s", (code, stanzas, include) => {
  expect(() => names(stanzas, include)).toThrow(expect.objectContaining({ code }));
});

test.each([
  ["a path that leaves the mirror", stanza("a", "1").replace("pool/", "pool/../")],
  ["a checksum cut short", stanza("a", "1").replace(/0{64}/, "00")],
  ["no version", stanza("a", "1").replace("Version", "X-Version")],
])("an index with %s is refused", (_, text) => {
  expect(() => indexOf(text)).toThrow(expect.objectContaining({ code: "debian/index" }));
});
