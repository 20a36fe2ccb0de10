import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DirectoryStore } from "../content/directory-store.ts";
import type { Layer } from "../oci/image.ts";
import { layerFiles, visibleFiles } from "./layer-files.ts";
import { tarLayer } from "./tar-layer.fixture.ts";

let root = "";
let store = new DirectoryStore("");
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "layer-files-"));
  store = new DirectoryStore(root);
});
afterEach(() => rmSync(root, { recursive: true }));

async function seen(layers: readonly Layer[], ...wanted: readonly string[]): Promise<Record<string, string>> {
  const files = await visibleFiles(store, layers, new Set(wanted));
  return Object.fromEntries([...files].map(([path, content]) => [path, Buffer.from(content).toString()]));
}

test("the last layer's word is what is seen, and nothing of what a later one takes away", async () => {
  const layers = [
    await tarLayer(store, { "etc/a": "old", "etc/b": "b", "d/x": "hidden", other: "not asked for" }),
    await tarLayer(store, { "etc/a": "new", "etc/.wh.b": "", "d/.wh..wh..opq": "", "d/y": "y" }),
  ];
  expect(await seen(layers, "etc/a", "etc/b", "d/x", "d/y", "none")).toEqual({ "etc/a": "new", "d/y": "y" });
});

test("what was taken away and came back is the new one", async () => {
  const layers = [
    await tarLayer(store, { a: "first" }),
    await tarLayer(store, { ".wh.a": "" }),
    await tarLayer(store, { a: "second" }),
  ];
  expect(await seen(layers, "a")).toEqual({ a: "second" });
});

test("a hard link over a file is not taken for that file", async () => {
  const layers = [await tarLayer(store, { b: "old" }), await tarLayer(store, { a: "new" }, { b: "a" })];
  expect(await seen(layers, "b")).toEqual({});
});

test("a layer that has none of them is not unpacked", async () => {
  const needed = await tarLayer(store, { a: "x" });
  const other = await tarLayer(store, { b: "y" });
  rmSync(store.path(other.digest));
  expect(await seen([needed, other], "a")).toEqual({ a: "x" });
});

test("all files of all layers, hidden ones too", async () => {
  const layers = [await tarLayer(store, { "a/b": "1" }), await tarLayer(store, { "a/.wh.b": "", c: "2" })];
  const found: string[] = [];
  for await (const [path, content] of layerFiles(store, layers)) found.push(`${path} ${content.length}`);
  expect(found).toEqual(["a/b 1", "a/.wh.b 0", "c 1"]);
});
