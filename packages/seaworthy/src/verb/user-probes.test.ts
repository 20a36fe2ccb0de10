import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readComposeFile } from "../recipe/compose.ts";
import { userProbes } from "./user-probes.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "probes-"));
});
afterAll(() => rm(folder, { recursive: true }));

const GOOD = `
probes:
  - id: no-config-change
    claim: { en: Nobody changes the configuration, ru: Настройки никто не меняет }
    control: read-only-root
    service: app
    as: root
    attack:
      - open: /app/$config.json
        for: writing
      - execute: /app/tool
      - connect: 192.0.2.1:443
      - socket: { family: 16, type: 3 }
    refused: [EROFS, EACCES]
`;

async function read(files: Record<string, string>, given: readonly string[] = []) {
  const directory = await mkdtemp(join(folder, "case-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const names = "probes.yaml" in files ? "x-seaworthy: { probes: [probes.yaml] }\n" : "";
  await writeFile(join(directory, "compose.yaml"), `${names}services: { app: { image: x } }\n`);
  const project = await readComposeFile(join(directory, "compose.yaml"), {});
  return await userProbes(
    project,
    given.map((file) => join(directory, file)),
  );
}

test("a file that the Compose file names", async () => {
  const [probe, ...others] = await read({ "probes.yaml": GOOD });
  expect(others).toEqual([]);
  expect(probe).toMatchObject({
    ...{ id: "no-config-change", as: "root", services: ["app"], inNetwork: true },
    claim: { en: "Nobody changes the configuration", ru: "Настройки никто не меняет" },
    control: { id: "read-only-root" },
  });
});

const MODULE = `export const probes = [
  { id: "own", claim: "it holds", control: "seccomp", attempt: async ({ attacker }) => attacker.refused({ en: "x", ru: "x" }) },
];`;

test("a module that the caller names", async () => {
  const [probe] = await read({ "probes.mjs": MODULE }, ["probes.mjs"]);
  expect(probe).toMatchObject({
    id: "own",
    claim: { en: "it holds", ru: "it holds" },
    control: { id: "seccomp" },
  });
});

test("a module that a Compose file names is not run", async () => {
  const evil = `globalThis.wasRun = true; ${MODULE}`;
  await expect(read({ "probes.yaml": "x: 1", "evil.mjs": evil })).rejects.toMatchObject({ exit: 3 });
  const directory = await mkdtemp(join(folder, "evil-"));
  await writeFile(join(directory, "evil.mjs"), evil);
  await writeFile(
    join(directory, "compose.yaml"),
    "x-seaworthy: { probes: [evil.mjs] }\nservices: { app: { image: x } }\n",
  );
  const project = await readComposeFile(join(directory, "compose.yaml"), {});
  await expect(userProbes(project)).rejects.toMatchObject({ exit: 3 });
  expect(globalThis).not.toHaveProperty("wasRun");
});

describe("what is wrong is told with its line", () => {
  test.each([
    ["an unknown control", GOOD.replace("read-only-root", "read-only-rot"), "probes/control", 3],
    ["an unknown service", GOOD.replace("service: app", "service: web"), "probes/service", 3],
    ["an id of capitals", GOOD.replace("no-config-change", "NoChange"), "compose/value", 3],
    ["no attack", GOOD.replace(/attack:[\s\S]*refused/, "attack: []\n    refused"), "compose/value", 3],
    ["a step of another kind", GOOD.replace("execute:", "explode:"), "compose/value", 10],
    ["a relative path", GOOD.replace("/app/tool", "tool"), "compose/value", 10],
    ["an errno that is none", GOOD.replace("EROFS", "erofs"), "compose/value", 13],
    ["a key that is none", GOOD.replace("refused:", "refuse:"), "compose/unknown-key", 13],
    ["two of one id", GOOD + GOOD.replace("\nprobes:", ""), "compose/value", 2],
    ["no YAML", "probes: [", "compose/yaml", 1],
  ])("%s", async (_, text, code, line) => {
    const found = await read({ "probes.yaml": text }).catch((error: unknown) => error);
    expect(found).toMatchObject({ code, exit: 3 });
    expect((found as { place: { line: number; file: string } }).place.file).toContain("probes.yaml");
    expect(Math.abs((found as { place: { line: number } }).place.line - line)).toBeLessThanOrEqual(1);
  });

  test.each([
    ["nothing exported", "export const x = 1;"],
    ["no list", "export const probes = 1;"],
    ["no attempt", 'export const probes = [{ id: "a", claim: "b", control: "seccomp" }];'],
    ["a mistake", "export const = 1;"],
  ])("a module: %s", async (_, text) => {
    await expect(read({ "probes.mjs": text }, ["probes.mjs"])).rejects.toMatchObject({
      code: "probes/module",
    });
  });
});
