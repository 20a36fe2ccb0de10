import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startRunner } from "./runner.ts";

let bundle: string;
beforeEach(async () => {
  bundle = await mkdtemp(join(tmpdir(), "runner-"));
});
afterEach(() => rm(bundle, { recursive: true }));

test("a file that has no number yet is not the number 0: crun makes it first and fills it then", async () => {
  const file = join(bundle, "pid");
  const runner = await startRunner(bundle, [], `: >'${file}'; sleep 0.3; printf 42 >'${file}'; sleep 60`);
  try {
    expect(await runner.firstProcess()).toBe(42);
  } finally {
    runner.end();
    await runner.ended;
  }
});

test("a runtime that ends without a number is told, with an empty file too", async () => {
  for (const script of ["exit 1", `: >'${join(bundle, "pid")}'`]) {
    const runner = await startRunner(bundle, [], script);
    await expect(runner.firstProcess()).rejects.toThrow(/ended before the container's program was started/);
  }
});
