/** Takes a program and the libraries it needs out of Debian's signed packages into the cache; nothing is installed on the machine. */
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { digestOf, hexOf } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import type { DebianArchive } from "../debian/archive.ts";
import { readDeb } from "../debian/deb.ts";
import { fetchPackage, type LockedPackage, type PackageSource } from "../debian/locked-package.ts";
import { isMissing } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";

/** Its programs ask for glibc 2.34, which every supported distribution has; newer suites ask for more. */
const SUITE = "bookworm";
const LIBRARY = /^(?:\.\/)?(?:usr\/)?lib\/[^/]+\/(?:lib[^/]+\.so\.[.\d]+|ld-linux[^/]*\.so\.\d)$/;

export interface DebianProgram {
  /** Of the program. */
  readonly name: string;
  /** That has it; named as the program is when left out. */
  readonly package?: string;
  /** In its package. */
  readonly program: RegExp;
  /** What its packages must have brought. */
  readonly libraries: readonly string[];
  /** Packages that it depends on and does without, each with the reason. */
  readonly exclude: Readonly<Record<string, string>>;
}

export interface ObtainOptions {
  /** Absolute: `<cache>/engine`. */
  readonly directory: string;
  readonly store: ContentStore;
  archive(suite: string): Promise<DebianArchive>;
  readonly source: PackageSource;
}

/**
 * What was fetched once is kept, and a machine that has it asks nobody; `seaworthy cache --clear` makes room for a newer one.
 * @returns the folder of the program, under its name, and of its libraries, under the names it was linked with; absolute
 * @throws Fault of debian/, and `engine/program-package` when the packages have other files than they should
 */
export async function obtainProgram(program: DebianProgram, options: ObtainOptions): Promise<string> {
  const { name, exclude } = program;
  const note = join(options.directory, `${name}.json`);
  const known = await readNote(note);
  const include = [program.package ?? name];
  const packages = known ?? (await (await options.archive(SUITE)).resolve({ include, exclude }));
  const key = hexOf(digestOf(JSON.stringify(packages.map(({ digest }) => digest)))).slice(0, 16);
  const directory = join(options.directory, `${name}-${key}`);
  if (!(await exists(directory))) await unpack(program, packages, directory, options.source);
  if (known === undefined) {
    const written = `${note}.${process.pid}`;
    await writeFile(written, JSON.stringify(packages));
    await rename(written, note);
  }
  return directory;
}

async function unpack(
  { name: own, program, libraries }: DebianProgram,
  packages: readonly LockedPackage[],
  directory: string,
  source: PackageSource,
): Promise<void> {
  const partial = `${directory}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const found: string[] = [];
  for (const item of packages) {
    for (const entry of (await readDeb(await fetchPackage(item, source))).data) {
      if (entry.kind !== "file" || !(program.test(entry.name) || LIBRARY.test(entry.name))) continue;
      // The loader looks for the name programs were linked with, not for the release.
      const name = basename(entry.name).replace(/^(lib.+\.so\.\d+).*/, "$1");
      await writeFile(join(partial, name), entry.content);
      // Some are mounted into containers, whose users execute them whatever our own umask.
      await chmod(join(partial, name), 0o755);
      found.push(name);
    }
  }
  const missing = [own, ...libraries].filter((name) => !found.includes(name));
  if (missing.length > 0) {
    await rm(partial, { recursive: true, force: true });
    throw new Fault({
      code: "engine/program-package",
      message: `expected ${missing.join(", ")} in Debian's packages, found ${found.join(", ") || "nothing"}`,
      exit: 2,
    });
  }
  try {
    await rename(partial, directory);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another process was faster, with the same files.
    if (!(await exists(directory))) throw error;
  }
}

/** A cache entry that cannot be read is as good as none. */
async function readNote(file: string): Promise<readonly LockedPackage[] | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as readonly LockedPackage[];
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
