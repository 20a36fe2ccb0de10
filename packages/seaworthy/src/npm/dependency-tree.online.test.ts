/** The tree made from a lock against the one npm makes of it, byte for byte. */
import { execFile } from "node:child_process";
import { cp, lstat, mkdtemp, readdir, readFile, readlink, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "../content/digest.ts";
import { DirectoryStore } from "../content/directory-store.ts";
import { readProject } from "./consistency.ts";
import { dependencyParts } from "./dependency-parts.ts";
import { materialise } from "./materialise.ts";
import { openRegistry } from "./registry.ts";

const FIXTURES = new URL("../../../../test/fixtures/npm/", import.meta.url).pathname;
const EXAMPLE = new URL("../../../../examples/myapp/", import.meta.url).pathname;
const exec = promisify(execFile);

let scratch = "";
let umask = 0;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "npm-tree-"));
  umask = process.umask(0o022);
});
afterAll(async () => {
  process.umask(umask);
  await rm(scratch, { recursive: true, force: true });
});

const projects = [
  ["bundled dependencies", join(FIXTURES, "bundled")],
  ["aliases that claim one command", join(FIXTURES, "aliases")],
  ["optional packages of other platforms", join(FIXTURES, "platform")],
  ["scoped commands", join(FIXTURES, "scoped-bins")],
  ["several versions of one package", join(FIXTURES, "nested")],
  ["the example", EXAMPLE],
] as const;

describe("equals npm ci --omit=dev --ignore-scripts", () => {
  it.each(projects)(
    "%s",
    async (_kind, directory) => {
      const theirs = await mkdtemp(join(scratch, "npm-"));
      for (const file of ["package.json", "package-lock.json"])
        await cp(join(directory, file), join(theirs, file));
      await exec("npm", ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: theirs });

      const ours = await mkdtemp(join(scratch, "ours-"));
      const { lock } = await readProject(directory);
      const source = {
        store: new DirectoryStore(join(scratch, "store")),
        registry: await openRegistry(directory),
        directory,
      };
      const platform = { os: "linux", cpu: process.arch, libc: "glibc", node: process.versions.node };
      const parts = dependencyParts(lock, { platform, dev: false, prefix: "", source });
      await materialise(parts, ours);

      const expected = await listing(join(theirs, "node_modules"));
      expect(expected.size).toBeGreaterThan(10);
      expect(Object.fromEntries(await listing(join(ours, "node_modules")))).toEqual(
        Object.fromEntries(expected),
      );
    },
    120_000,
  );
});

/** Path to kind, mode and content; times and npm's own note aside. */
async function listing(root: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of await readdir(root, { recursive: true })) {
    if (name === ".package-lock.json") continue;
    const path = join(root, name);
    const stats = await lstat(path);
    const mode = (stats.mode & 0o7777).toString(8);
    if (stats.isSymbolicLink()) {
      found.set(name, `link to ${await readlink(path)}, which is ${(await stat(path)).mode.toString(8)}`);
    } else if (stats.isDirectory()) found.set(name, `directory ${mode}`);
    else found.set(name, `file ${mode} ${digestOf(await readFile(path))}`);
  }
  return found;
}
