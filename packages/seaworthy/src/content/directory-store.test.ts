import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digestOf } from "./digest.ts";
import { DirectoryStore } from "./directory-store.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "store-"));
});
afterEach(() => rm(root, { recursive: true }));

const bytes = Buffer.from("content");
async function* failing(): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw new Error("connection lost");
}

test("what was written is read back under its digest", async () => {
  const store = new DirectoryStore(root);
  expect(await store.write(bytes)).toEqual({ digest: digestOf(bytes), size: 7 });
  expect(await store.read(digestOf(bytes))).toEqual(bytes);
  expect(await store.stat(digestOf(bytes))).toEqual({ digest: digestOf(bytes), size: 7 });
});

test("an absent blob is undefined, not an error", async () => {
  const store = new DirectoryStore(root);
  expect(await store.read(digestOf("x"))).toBeUndefined();
  expect(await store.stat(digestOf("x"))).toBeUndefined();
  expect(await store.recall(digestOf("x"))).toBeUndefined();
});

test("an altered blob is found out, removed, and can be written again", async () => {
  const store = new DirectoryStore(root);
  await store.write(bytes);
  await writeFile(store.path(digestOf(bytes)), "altered");
  expect(await store.read(digestOf(bytes))).toBeUndefined();
  await store.write(bytes);
  expect(await store.read(digestOf(bytes))).toEqual(bytes);
});

test("content with another digest than promised is refused and leaves nothing", async () => {
  const store = new DirectoryStore(root);
  await expect(store.write(bytes, digestOf("other"))).rejects.toMatchObject({ code: "content/digest" });
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  await expect(store.write(stream(), digestOf("other"))).rejects.toMatchObject({ code: "content/digest" });
  expect(await store.stat(digestOf(bytes))).toBeUndefined();
  expect(await readdir(join(root, "partial"))).toEqual([]);
});

test("a stream that breaks leaves nothing", async () => {
  const store = new DirectoryStore(root);
  await expect(store.write(failing())).rejects.toThrow("connection lost");
  expect(await readdir(join(root, "partial"))).toEqual([]);
});

test("a memo is remembered and replaced", async () => {
  const store = new DirectoryStore(root);
  await store.remember(digestOf("key"), "one");
  await store.remember(digestOf("key"), "two");
  expect(await store.recall(digestOf("key"))).toBe("two");
});
