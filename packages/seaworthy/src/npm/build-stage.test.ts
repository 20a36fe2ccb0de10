import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { buildApp, buildInputs } from "./build-stage.ts";
import { readProject } from "./consistency.ts";
import { fixtureSource, lockEntry, makeTarball } from "./tarball.fixture.ts";
import type { TarballSource } from "./tarball-source.ts";

const tool = makeTarball([
  { name: "p/cli.js", content: '#!/bin/sh\nmkdir -p dist && echo "made $1" > dist/server.js\n' },
]);

let directory = "";
let source: TarballSource;
beforeEach(async () => {
  source = await fixtureSource({ "tool@1.0.0": tool });
  directory = join(source.directory, "project");
  await put("src/a.ts", "a");
  await put("secrets/db", "password");
  await put(".env", "SECRET=1");
  await put("dist/stale.js", "of the host");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), text);
}

async function build(script: string): ReturnType<typeof buildApp> {
  const root = { name: "app", version: "1.0.0", devDependencies: { tool: "1" } };
  await put("package.json", JSON.stringify({ ...root, files: ["dist"], scripts: { build: script } }));
  const node = lockEntry(tool, { dev: true, bin: { tool: "cli.js" } });
  await put(
    "package-lock.json",
    JSON.stringify({ lockfileVersion: 3, packages: { "": root, "node_modules/tool": node } }),
  );
  return buildApp(await readProject(directory), { prefix: "app", source });
}

describe("buildApp", () => {
  it("ships what the build made and npm would pack, and does not build again what has not changed", async () => {
    const before = await readdir(directory);
    const first = await build("tool it");
    expect(
      (await first.part.entries()).map((entry) => [entry.path, entry.uid, entry.reason.because]),
    ).toEqual([
      ["app/dist/server.js", 0, "made by the build script, and npm pack includes it"],
      ["app/package.json", 0, "npm pack includes it"],
    ]);
    expect(first.cached).toBe(false);
    const again = await build("tool it");
    expect(again).toMatchObject({ cached: true, part: { key: first.part.key } });
    const inputs = await buildInputs(await readProject(directory));
    await put("secrets/db", "another password");
    expect(await buildInputs(await readProject(directory))).toBe(inputs);
    await put("src/a.ts", "changed");
    expect(await buildInputs(await readProject(directory))).not.toBe(inputs);
    expect(await build("tool it")).toMatchObject({ cached: false, part: { key: first.part.key } });
    expect((await readdir(directory)).sort()).toEqual(
      [...new Set([...before, "package.json", "package-lock.json"])].sort(),
    );
  });

  it("gives the script a clean environment and hides secrets from it", async () => {
    vi.stubEnv("SEAWORTHY_TEST_SECRET", "leak");
    const { part } = await build("mkdir -p dist; env > dist/env; ls -A > dist/files");
    const [env = "", files = ""] = (await part.entries()).map((entry) =>
      entry.kind === "file" ? Buffer.from(entry.content).toString() : "",
    );
    expect(env).toMatch(/^CI=1$/m);
    expect(env).not.toContain("leak");
    expect(files.trim().split("\n")).toEqual([
      "dist",
      "node_modules",
      "package-lock.json",
      "package.json",
      "src",
    ]);
  });

  it("shows the end of a failed build, and leaves nothing behind", async () => {
    const temporary = await mkdtemp(join(tmpdir(), "npm-stages-"));
    vi.stubEnv("TMPDIR", temporary);
    await expect(build("echo fine; echo broken >&2; exit 7")).rejects.toMatchObject({
      code: "npm/build-failed",
      message: expect.stringMatching(/it ended with 7:\n[^]*broken/),
      exit: 3,
    });
    expect(await readdir(temporary)).toEqual([]);
    await rm(temporary, { recursive: true });
  });

  it("lists what npm pack would pack", async () => {
    const { part } = await build("tool it");
    const copy = await mkdtemp(join(tmpdir(), "npm-pack-"));
    await mkdir(join(copy, "dist"));
    await writeFile(join(copy, "dist/server.js"), "");
    await writeFile(
      join(copy, "package.json"),
      JSON.stringify({ name: "app", version: "1.0.0", files: ["dist"] }),
    );
    const { stdout } = await promisify(execFile)("npm", ["pack", "--silent"], { cwd: copy });
    const packed = await promisify(execFile)("tar", ["-tzf", stdout.trim()], { cwd: copy });
    await rm(copy, { recursive: true });
    const expected = packed.stdout
      .trim()
      .split("\n")
      .map((line) => line.replace(/^package/, "app"));
    expect((await part.entries()).map((entry) => entry.path)).toEqual(expected.sort());
  });
});

describe("readProject", () => {
  it.each([
    ["no package.json", [], "npm/no-package-json"],
    ["no lock", ["package.json"], "npm/no-lock"],
  ])("says so: %s", async (_what, files, code) => {
    for (const file of files) await put(file, "{}");
    await expect(readProject(directory)).rejects.toMatchObject({ code, exit: 3 });
  });
});
