/** The example's runtime and app, from the registry this machine is set to. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DirectoryStore } from "../content/directory-store.ts";
import { buildApp } from "./build-stage.ts";
import { type Project, readProject } from "./consistency.ts";
import { chooseNode, nodePart, readNodeRequest } from "./node-runtime.ts";
import { openRegistry } from "./registry.ts";
import type { TarballSource } from "./tarball-source.ts";

const EXAMPLE = new URL("../../../../examples/myapp/", import.meta.url).pathname;

let scratch = "";
let project: Project;
let source: TarballSource;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "npm-example-"));
  project = await readProject(EXAMPLE);
  const registry = await openRegistry(EXAMPLE);
  source = { store: new DirectoryStore(join(scratch, "store")), registry, directory: EXAMPLE };
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe("the example", () => {
  it("gets a Node that starts and is the version it says", async (context) => {
    const { arch } = process;
    if (arch !== "x64" && arch !== "arm64") return context.skip(`no Node package for ${arch}`);
    const request = await readNodeRequest(EXAMPLE, project.manifest);
    const choice = await chooseNode({
      request,
      architecture: arch,
      date: "2026-11-23",
      registry: source.registry,
    });
    expect(choice.endedOn).toBeUndefined();
    const [program] = await nodePart(choice, source).entries();
    if (program?.kind !== "file") throw new TypeError("expected the program first");
    const path = join(scratch, "node");
    await writeFile(path, program.content, { mode: program.mode });
    const { stdout } = await promisify(execFile)(path, ["--version"]);
    expect(stdout.trim()).toBe(`v${choice.pin.version}`);
  }, 120_000);

  it("is built with its locked compiler, the same from two stores", async () => {
    const first = await buildApp(project, { prefix: "app", source });
    const second = await buildApp(project, {
      prefix: "app",
      source: { ...source, store: new DirectoryStore(join(scratch, "other")) },
    });
    expect(second).toMatchObject({ cached: false, part: { key: first.part.key } });
    const paths = (await first.part.entries()).map((entry) => entry.path);
    expect(paths).toContain("app/package.json");
    expect(paths).toContain("app/dist/server.js");
    expect(paths.filter((path) => path.includes("node_modules") || path.endsWith(".test.js"))).toEqual([]);
  }, 120_000);
});
