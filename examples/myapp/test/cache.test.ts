/** Entries end with their time. What a failing cache does to requests is in app.test.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryCache } from "../dev/memory.ts";
import { readThrough } from "../src/cache.ts";

const noFailure = (error: unknown): never => {
  throw error;
};

test("a value is loaded once, and again when its time is over", async () => {
  let now = 0;
  let loads = 0;
  const cache = memoryCache(() => now);
  const read = () => readThrough(cache, "key", 60, async () => ++loads, noFailure);
  assert.deepEqual(await read(), { value: 1, hit: false });
  now = 59_999;
  assert.deepEqual(await read(), { value: 1, hit: true });
  now = 60_000;
  assert.deepEqual(await read(), { value: 2, hit: false });
});

test("absence is not remembered", async () => {
  const cache = memoryCache();
  assert.deepEqual(await readThrough(cache, "key", 60, async () => undefined, noFailure), {
    value: undefined,
    hit: false,
  });
  assert.deepEqual(await readThrough(cache, "key", 60, async () => "new", noFailure), {
    value: "new",
    hit: false,
  });
});

test("an error of the source is not hidden", async () => {
  const broken = async (): Promise<never> => Promise.reject(new Error("broken source"));
  await assert.rejects(readThrough(memoryCache(), "key", 60, broken, noFailure), /broken source/);
});
