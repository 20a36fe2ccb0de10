import { expect, test } from "vitest";
import type { ListedPath } from "./listing.ts";
import { visiblePaths } from "./visible-paths.ts";

const listing = (...paths: readonly string[]): readonly ListedPath[] =>
  paths.map((path) => ({
    ...{ path, kind: "file", mode: 0o644, uid: 0, gid: 0, size: 1 },
    reason: { kind: "image", origin: "layer", because: "in it" },
  }));
const visible = (...layers: readonly (readonly ListedPath[])[]): readonly string[] =>
  visiblePaths(layers).map(({ path }) => path);

test.each<[string, readonly string[], readonly string[], readonly string[]]>([
  ["a path of both layers is seen once", ["a", "b"], ["b"], ["a", "b"]],
  ["a whiteout takes a file away", ["etc/a", "etc/b"], ["etc/.wh.a"], ["etc/b"]],
  ["and a folder with all in it, but not its namesake", ["a", "a/b", "ab"], [".wh.a"], ["ab"]],
  ["an opaque folder keeps what its own layer has", ["d/old"], ["d/new", "d/.wh..wh..opq"], ["d/new"]],
  ["a whiteout does not speak of its own layer", ["x"], [".wh.a", "a"], ["x", "a"]],
])("%s", (_, lower, upper, expected) => {
  expect(visible(listing(...lower), listing(...upper))).toEqual(expected);
});
