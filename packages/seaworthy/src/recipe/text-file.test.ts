import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTextFile } from "./text-file.ts";

const rules = { code: "x/y", maxBytes: 10 };
let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "text-"));
  await writeFile(join(root, "text"), "\uFEFFé");
  await writeFile(join(root, "large"), "x".repeat(11));
  await writeFile(join(root, "latin1"), Buffer.from([0xe9]));
  execFileSync("mkfifo", [join(root, "pipe")]);
});
afterAll(() => rm(root, { recursive: true }));

test("text is read without its mark, and nothing is nothing", async () => {
  expect(await readTextFile(join(root, "text"), rules)).toBe("é");
  expect(await readTextFile(join(root, "none"), rules)).toBeUndefined();
});

test.each(["large", "latin1", "pipe", ".", "/dev/zero", "text/below"])("%s is refused", async (name) => {
  const path = name.startsWith("/") ? name : join(root, name);
  await expect(readTextFile(path, rules)).rejects.toMatchObject({
    code: "x/y",
    exit: 3,
    place: { file: path },
  });
});
