import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readComposeFile } from "../recipe/compose.ts";
import { scaffold } from "./new.ts";
import { readTemplate } from "./template.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "new-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the template is the example, as git has it", async () => {
  const example = resolve(import.meta.dirname, "../../../../examples/myapp");
  const files = await readTemplate();
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      "compose.yaml",
      ".dockerignore",
      ".gitignore",
      "package-lock.json",
      "src/app.ts",
    ]),
  );
  for (const { path, text } of files) expect(text).toBe(readFileSync(join(example, path), "utf8"));
});

test("the new one has its own name everywhere, and its Compose file reads", async () => {
  const { directory, files } = await scaffold(join(folder, "shop-api"));
  expect(readdirSync(directory)).toEqual(expect.arrayContaining(["compose.yaml", "src", "test"]));
  expect(files).toBe((await readTemplate()).length);
  const project = await readComposeFile(join(directory, "compose.yaml"), {});
  expect(project.name).toBe("shop-api");
  expect([...project.services.values()].map(({ containerName }) => containerName)).toEqual([
    "shop-api",
    "shop-api-db",
    "shop-api-redis",
  ]);
  expect(readFileSync(join(directory, "package.json"), "utf8")).toContain('"name": "shop-api"');
  expect(readFileSync(join(directory, "compose.yaml"), "utf8")).not.toContain("myapp");
});

test.each(["Shop", "1shop", "a--b", "a_b", "-x", "x".repeat(41)])("%j is no name", async (name) => {
  await expect(scaffold(join(folder, "names", name))).rejects.toMatchObject({
    code: "new/name",
    exit: 3,
  });
});

test("nothing that is there is touched, and nothing is left of an attempt", async () => {
  mkdirSync(join(folder, "there"));
  await expect(scaffold(join(folder, "there"))).rejects.toMatchObject({ code: "new/exists" });
  expect(readdirSync(join(folder, "there"))).toEqual([]);
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
});
