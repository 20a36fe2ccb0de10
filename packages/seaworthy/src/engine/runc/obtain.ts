/** Takes runc and the library it needs out of Debian's signed packages into the cache; nothing is installed on the machine. */
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { digestOf, hexOf } from "../../content/digest.ts";
import type { ContentStore } from "../../content/store.ts";
import type { DebianArchive } from "../../debian/archive.ts";
import { readDeb } from "../../debian/deb.ts";
import { fetchPackage, type LockedPackage, type PackageSource } from "../../debian/locked-package.ts";
import { isMissing } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import type { RuncBinary } from "./runc.ts";

/** Its runc asks for glibc 2.34, which every supported distribution has; newer suites ask for more. */
const SUITE = "bookworm";
const REQUEST = {
  include: ["runc"],
  exclude: { libc6: "the machine's own is used", criu: "checkpoints are not made" },
} as const;
const FILES = [/^(?:\.\/)?usr\/sbin\/runc$/, /^(?:\.\/)?usr\/lib\/[^/]+\/libseccomp\.so\.2[.\d]*$/];

export interface ObtainOptions {
  /** Absolute: `<cache>/engine`. */
  readonly directory: string;
  readonly store: ContentStore;
  archive(suite: string): Promise<DebianArchive>;
  readonly source: PackageSource;
}

/**
 * What was fetched once is kept, and a machine that has it asks nobody; `seaworthy cache --clear` makes room for a newer one.
 * @throws Fault of debian/, and `engine/runc-package` when the package has other files than it should
 */
export async function obtainRunc(options: ObtainOptions): Promise<RuncBinary> {
  const note = join(options.directory, "runc.json");
  const known = await readNote(note);
  const packages = known ?? (await (await options.archive(SUITE)).resolve(REQUEST));
  const key = hexOf(digestOf(JSON.stringify(packages.map(({ digest }) => digest)))).slice(0, 16);
  const directory = join(options.directory, `runc-${key}`);
  if (!(await exists(directory))) await unpack(packages, directory, options.source);
  if (known === undefined) {
    const written = `${note}.${process.pid}`;
    await writeFile(written, JSON.stringify(packages));
    await rename(written, note);
  }
  return { binary: join(directory, "runc"), libraries: directory };
}

async function unpack(
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
      if (entry.kind !== "file" || !FILES.some((file) => file.test(entry.name))) continue;
      // The loader looks for the name programs were linked with, not for the release.
      const name = basename(entry.name).replace(/^(libseccomp\.so\.2).*/, "$1");
      await writeFile(join(partial, name), entry.content, { mode: 0o755 });
      found.push(name);
    }
  }
  if (!found.includes("runc") || !found.includes("libseccomp.so.2")) {
    await rm(partial, { recursive: true, force: true });
    throw new Fault({
      code: "engine/runc-package",
      message: `expected runc and libseccomp.so.2 in Debian's packages, found ${found.join(", ") || "neither"}`,
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
