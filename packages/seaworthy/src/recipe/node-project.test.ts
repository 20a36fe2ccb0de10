import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readNodeProject } from "./node-project.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "node-"));
});
afterEach(() => rm(root, { recursive: true }));

const write = (text: string): Promise<void> => writeFile(join(root, "package.json"), text);
const manifest = (rest: object): Promise<void> =>
  write(JSON.stringify({ name: "a", version: "1.0.0", ...rest }));

test("what a service says about itself", async () => {
  await manifest({
    license: "MIT",
    description: "d",
    engines: { node: ">=20" },
    scripts: { build: "tsc && x", start: "node --enable-source-maps dist/main.js --port 80" },
    main: "other.js",
  });
  await writeFile(join(root, ".nvmrc"), "v22.1.0\n");
  expect(await readNodeProject(root)).toEqual({
    directory: root,
    name: "a",
    version: "1.0.0",
    license: "MIT",
    description: "d",
    engine: ">=20",
    versionFile: { file: ".nvmrc", text: "v22.1.0" },
    buildScript: "tsc && x",
    start: {
      argv: ["node", "--enable-source-maps", "dist/main.js", "--port", "80"],
      from: "scripts.start",
    },
  });
});

test.each([
  "node a && node b",
  "PORT=1 node a",
  "node $X",
  "fastify start",
  "node",
  "node 'a b'",
  "node a > log",
])("the start script %j needs a shell or is not node, so main counts", async (start) => {
  await manifest({ scripts: { start }, main: "dist/main.js" });
  expect((await readNodeProject(root)).start).toEqual({ argv: ["node", "dist/main.js"], from: "main" });
  await manifest({ scripts: { start } });
  await expect(readNodeProject(root)).rejects.toMatchObject({ code: "recipe/no-start", exit: 3 });
});

test.each([
  ["{", "recipe/package-json"],
  ["[]", "recipe/package-json"],
  ["null", "recipe/package-json"],
  ['{"version":"1.0.0","main":"a"}', "recipe/package-json"],
  ['{"name":"a","main":"a"}', "recipe/package-json"],
  ['{"name":1,"version":"1","main":"a"}', "recipe/package-json"],
  ['{"name":"a","version":"1","main":"a","scripts":[]}', "recipe/package-json"],
  ['{"name":"a","version":"1","main":"a","engines":"20"}', "recipe/package-json"],
  ['{"name":"a","version":"1","main":"a","engines":{"node":20}}', "recipe/package-json"],
  ['{"name":"a","version":"1","__proto__":{"main":"a"}}', "recipe/no-start"],
  [`{"name":"${"a".repeat(1024 * 1024)}"}`, "recipe/package-json"],
])("%.60s is refused", async (text, code) => {
  await write(text);
  await expect(readNodeProject(root)).rejects.toMatchObject({
    code,
    exit: 3,
    place: { file: join(root, "package.json") },
  });
});

test("no package.json is said, not thrown up", async () => {
  await expect(readNodeProject(root)).rejects.toMatchObject({ code: "recipe/package-json" });
});
