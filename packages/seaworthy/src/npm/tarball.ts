/** Unpacks a package's tarball in memory, by the rules npm unpacks with. */
import { decompress } from "../codec/decompress.ts";
import { Fault } from "../fault/fault.ts";
import { readTar, type TarEntry } from "../tar/read.ts";

export interface PackageFile {
  /** 0o644 or 0o755 and what lies between, never with set-id bits or write permission for others. */
  readonly mode: number;
  readonly content: Uint8Array;
}

/** Paths are relative to the package's folder, `/` between parts. */
export interface PackageTree {
  readonly files: ReadonlyMap<string, PackageFile>;
  /** Those the tarball names; it need not name any. */
  readonly directories: ReadonlySet<string>;
}

/** Unpacked; the largest published packages are a third of this. */
const MAX_UNPACKED = 1024 * 1024 * 1024;

/**
 * The first part of each path is dropped, whatever it is called; links, devices and owners are ignored; of several
 * files with one path the last stays; `.gitignore` becomes `.npmignore` unless the folder has one already.
 * @param name of the package, for messages
 * @throws Fault `npm/tarball-path`, `npm/tarball-malformed`
 */
export async function unpackTarball(packed: Uint8Array, name: string): Promise<PackageTree> {
  const files = new Map<string, PackageFile>();
  const directories = new Set<string>();
  const ignoreFiles = new Set<string>();
  for (const entry of await readEntries(packed, name)) {
    const path = pathInside(entry.name, name);
    if (path === undefined) continue;
    if (entry.kind === "directory") directories.add(path);
    if (entry.kind !== "file") continue;
    const target = path.replace(/(^|\/)\.gitignore$/, "$1.npmignore");
    if (target !== path && ignoreFiles.has(target)) continue;
    if (target === path && /(^|\/)\.npmignore$/.test(path)) ignoreFiles.add(path);
    files.set(target, { mode: placedMode(entry.mode), content: entry.content });
  }
  refuseFilesAsFolders(files, directories, name);
  return { files, directories };
}

/** Readable and writable for the owner, readable for all: what npm makes of a mode under umask 022. */
function placedMode(mode: number): number {
  return (mode | 0o666) & 0o755;
}

async function readEntries(packed: Uint8Array, name: string): Promise<readonly TarEntry[]> {
  try {
    return [...readTar(await decompress(packed, MAX_UNPACKED))];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault({
      code: "npm/tarball-malformed",
      message: `expected a package in the tarball of ${name}, but: ${error.message}`,
      hint: "Its publisher made it so; choose another version.",
      cause: error,
    });
  }
}

function pathInside(path: string, name: string): string | undefined {
  const parts = path
    .split("/")
    .slice(1)
    .filter((part) => part !== "" && part !== ".");
  if (parts.includes("..") || path.includes("\0")) {
    throw new Fault({
      code: "npm/tarball-path",
      message: `expected paths inside the package in the tarball of ${name}, found ${JSON.stringify(path)}`,
      hint: "The tarball tries to write outside its folder. Do not use this package.",
    });
  }
  return parts.length === 0 ? undefined : parts.join("/");
}

function refuseFilesAsFolders(
  files: ReadonlyMap<string, PackageFile>,
  directories: ReadonlySet<string>,
  name: string,
): void {
  for (const path of [...files.keys(), ...directories]) {
    for (let cut = path.lastIndexOf("/"); cut > 0; cut = path.lastIndexOf("/", cut - 1)) {
      if (files.has(path.slice(0, cut))) throw conflict(path.slice(0, cut), name);
    }
    if (files.has(path) && directories.has(path)) throw conflict(path, name);
  }
}

function conflict(path: string, name: string): Fault {
  return new Fault({
    code: "npm/tarball-malformed",
    message: `expected ${JSON.stringify(path)} to be a file or a folder in the tarball of ${name}, found both`,
    hint: "Its publisher made it so; choose another version.",
  });
}
