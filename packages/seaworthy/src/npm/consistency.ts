/** Compares `package.json` with what its lock was made from: a lock that is out of step installs something else. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";
import { type LockNode, type PackageLock, parseLock } from "./lock.ts";
import { type Manifest, readManifest } from "./manifest.ts";

export interface Project {
  /** Absolute. */
  readonly directory: string;
  readonly manifest: Manifest;
  readonly lock: PackageLock;
}

const EDGE_TYPES = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
] as const satisfies readonly (keyof LockNode & keyof Manifest)[];

/**
 * A Node project with a lock that fits it. `npm-shrinkwrap.json` goes before `package-lock.json`, as npm has it.
 * @throws Fault `npm/no-package-json`, `npm/no-lock`, `npm/lock-malformed`, `npm/lock-version`, `npm/lock-out-of-step`
 */
export async function readProject(directory: string): Promise<Project> {
  const manifest = await readManifest(directory);
  const lock = await readLock(directory);
  checkConsistency(manifest, lock);
  return { directory, manifest, lock };
}

/**
 * Every kind of dependency, name by name, and every resolved edge of the project.
 * @throws Fault `npm/lock-out-of-step` naming each difference
 */
export function checkConsistency(manifest: Manifest, lock: PackageLock): void {
  const differences = EDGE_TYPES.flatMap((type) =>
    compare(type, edges(manifest, type), edges(lock.root, type)),
  );
  if (differences.length === 0) differences.push(...missing(lock));
  if (differences.length === 0) return;
  throw new Fault({
    code: "npm/lock-out-of-step",
    message: `expected ${lock.file} to fit package.json, found ${differences.join("; ")}`,
    place: { file: lock.file },
    hint: "Run npm install --package-lock-only, look at the change, and commit both files.",
  });
}

/** npm counts a name that stands in both lists as optional only. */
function edges(
  from: Pick<LockNode, (typeof EDGE_TYPES)[number]>,
  type: (typeof EDGE_TYPES)[number],
): ReadonlyMap<string, string> {
  if (type !== "dependencies") return from[type];
  return new Map([...from.dependencies].filter(([name]) => !from.optionalDependencies.has(name)));
}

function compare(
  type: string,
  wanted: ReadonlyMap<string, string>,
  locked: ReadonlyMap<string, string>,
): readonly string[] {
  const names = [...new Set([...wanted.keys(), ...locked.keys()])].sort();
  return names
    .filter((name) => wanted.get(name) !== locked.get(name))
    .map((name) => {
      const before = locked.get(name);
      const now = wanted.get(name);
      if (now === undefined)
        return `${name} is locked as one of ${type} but package.json no longer asks for it`;
      if (before === undefined) return `${name}@${now} of ${type} is not in the lock`;
      return `${name} of ${type} is "${now}" in package.json but "${before}" in the lock`;
    });
}

/** What the project asks for and the lock has no entry for: locks written on another platform lose optional packages. */
function missing(lock: PackageLock): readonly string[] {
  const { dependencies, devDependencies, optionalDependencies } = lock.root;
  return [...dependencies.keys(), ...devDependencies.keys(), ...optionalDependencies.keys()]
    .filter((name) => !lock.nodes.has(`node_modules/${name}`))
    .map((name) => `${name} is asked for but has no entry under "packages"`);
}

async function readLock(directory: string): Promise<PackageLock> {
  for (const file of ["npm-shrinkwrap.json", "package-lock.json"]) {
    try {
      return parseLock(await readFile(join(directory, file), "utf8"), file);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  throw new Fault({
    code: "npm/no-lock",
    message: `expected package-lock.json in ${directory}, found none`,
    place: { file: "package-lock.json" },
    hint: "Run npm install --package-lock-only and commit the file: without it no two builds are the same.",
  });
}
