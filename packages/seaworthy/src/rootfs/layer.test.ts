import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOf } from "../content/digest.ts";
import { DirectoryStore } from "../content/directory-store.ts";
import type { Layer } from "../oci/image.ts";
import { readTar } from "../tar/read.ts";
import type { Entry, Part, Reason } from "../tree/tree.ts";
import { accountsPart } from "./accounts.ts";
import { directoriesPart, STANDARD_DIRECTORIES } from "./directories.ts";
import { buildLayer } from "./layer.ts";
import { readListing } from "./listing.ts";

let root = "";
let store = new DirectoryStore("");
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "layer-"));
  store = new DirectoryStore(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const reason: Reason = { kind: "rule", origin: "test", because: "test" };
const owned = { uid: 0, gid: 0, reason };
const file = (path: string, content = path): Entry => ({
  ...{ kind: "file", path, mode: 0o644, ...owned },
  content: Buffer.from(content),
});
const directory = (path: string, mode = 0o755): Entry => ({ kind: "directory", path, mode, ...owned });
const link = (path: string, target: string): Entry => ({ kind: "symlink", path, target, ...owned });

let asked: string[] = [];
beforeEach(() => {
  asked = [];
});
function part(name: string, ...entries: Entry[]): Part {
  return {
    name,
    key: digestOf(name + JSON.stringify(entries)),
    entries: () => {
      asked.push(name);
      return Promise.resolve(entries);
    },
  };
}

const build = (parts: readonly Part[], below: readonly Layer[] = []): Promise<Layer> =>
  buildLayer(store, { name: "test", createdBy: "test", parts, below });

async function tarOf(layer: Layer): Promise<Uint8Array> {
  return gunzipSync((await store.read(layer.digest)) as Uint8Array);
}

test("directories come once and first, then each part's files; the diff id is of the unpacked bytes", async () => {
  const layer = await build([
    part("a", file("usr/lib/a")),
    part("b", file("usr/lib/b"), directory("var", 0o700)),
  ]);
  const tar = await tarOf(layer);
  expect([...readTar(tar)].map((entry) => entry.name)).toEqual([
    "usr/",
    "usr/lib/",
    "var/",
    "usr/lib/a",
    "usr/lib/b",
  ]);
  expect(layer.diffId).toBe(digestOf(tar));
  expect(layer.unpackedSize).toBe("usr/lib/a".length + "usr/lib/b".length);
  expect((await readListing(store, layer.listing)).map((path) => path.path)).toEqual([
    ...["usr", "usr/lib", "var", "usr/lib/a", "usr/lib/b"],
  ]);
});

test("a known layer asks no part; a new part beside known ones asks only itself", async () => {
  const parts = [part("a", file("a")), part("b", file("b"))];
  await build(parts);
  await build(parts);
  await build([...parts, part("c", file("c"))]);
  expect(asked).toEqual(["a", "b", "c"]);
});

test("a fragment or layer damaged in the store is found out and made again", async () => {
  const parts = [part("a", file("a"))];
  const layer = await build(parts);
  writeFileSync(store.path(layer.digest), "damaged");
  expect((await build(parts)).digest).toBe(layer.digest);
  expect(await store.read(layer.digest)).toBeDefined();
});

test("whatever blob is damaged, even at the same size, building gives the same whole layers", async () => {
  const [one, two] = [[part("a", file("a"))], [part("a", file("a")), part("b", file("b"))]];
  const expected = [await build(one), await build(two)];
  const blobs = join(root, "blobs/sha256");
  for (const name of readdirSync(blobs)) {
    writeFileSync(join(blobs, name), Buffer.alloc(readFileSync(join(blobs, name)).length, 1));
    expect([await build(one), await build(two)]).toEqual(expected);
    for (const layer of expected) {
      expect(await store.read(layer.digest)).toBeDefined();
      expect(await store.read(layer.listing)).toBeDefined();
    }
  }
});

test("the order in which a part gives its entries does not matter", async () => {
  const entries = [file("a/1"), file("a/2"), link("b", "a"), directory("c"), file("c/d/e")];
  const expected = (await build([part("x", ...entries)])).digest;
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(entries, { minLength: entries.length }), async (shuffled) => {
      expect((await build([part("x", ...shuffled)])).digest).toBe(expected);
    }),
    { numRuns: 20 },
  );
});

describe("conflicts name both sides", () => {
  test.each<[string, Part[]]>([
    ["one file from two parts", [part("a", file("x")), part("b", file("x"))]],
    ["a file where another wants a directory", [part("a", file("x")), part("b", file("x/y"))]],
    ["a link where another wants a directory", [part("a", link("lib", "usr/lib")), part("b", file("lib/y"))]],
    ["two modes of one directory", [part("a", directory("tmp", 0o1777)), part("b", directory("tmp", 0o755))]],
  ])("%s", async (_, parts) => {
    await expect(build(parts)).rejects.toMatchObject({ code: "rootfs/conflict", message: /a \(.*b \(/ });
  });
});

describe("layers below", () => {
  test("a directory made by rule keeps the mode it has below", async () => {
    const base = await build([part("base", directory("tmp", 0o1777))]);
    const upper = await build([part("app", file("tmp/x"))], [base]);
    expect([...readTar(await tarOf(upper))][0]).toMatchObject({ name: "tmp/", mode: 0o1777 });
  });

  test.each<[string, Entry]>([
    ["another mode", directory("tmp", 0o755)],
    ["a file that lies below already", file("etc/passwd")],
    ["a path under a link", file("bin/sh")],
  ])("%s is a conflict", async (_, entry) => {
    const base = await build([
      part("base", directory("tmp", 0o1777), file("etc/passwd"), link("bin", "usr/bin")),
    ]);
    await expect(build([part("app", entry)], [base])).rejects.toMatchObject({ code: "rootfs/conflict" });
  });
});

test.each(["../x", "/x", "a/../b", "a//b", "./a", ".wh.x", "a/.wh..wh..opq", ""])(
  "refuses the path %j",
  async (path) => {
    await expect(build([part("a", file(path))])).rejects.toThrow(/path/);
  },
);

test("accounts and directories are what a base system would have", async () => {
  const app = { name: "appuser", uid: 10001, gid: 10001, home: "/home/appuser", because: "runs the service" };
  const layer = await build([accountsPart([app]), directoriesPart(STANDARD_DIRECTORIES)]);
  const entries = [...readTar(await tarOf(layer))];
  const passwd = Buffer.from(entries.find((entry) => entry.name === "etc/passwd")?.content ?? []).toString();
  expect(passwd.split("\n")[2]).toBe("appuser:x:10001:10001:appuser:/home/appuser:/usr/sbin/nologin");
  expect(entries.find((entry) => entry.name === "tmp/")?.mode).toBe(0o1777);
});
