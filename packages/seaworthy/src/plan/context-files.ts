/** The user's own files on their way into an image of packages: read from the build context, the same on every machine. */
import { lstat, readdir, readFile, readlink, realpath } from "node:fs/promises";
import { join, posix } from "node:path";
import { isMissing } from "../fault/errno.ts";
import { Fault, type Place } from "../fault/fault.ts";
import type { PlacedFiles } from "../recipe/package-image.ts";
import { readTextFile } from "../recipe/text-file.ts";
import { cleanPath } from "../rootfs/path.ts";
import type { Entry, Reason } from "../tree/tree.ts";
import { readDockerignore } from "./dockerignore.ts";

export interface ContextOptions {
  /** The folder of `build:`, absolute. */
  readonly directory: string;
  readonly files: readonly PlacedFiles[];
  /** Absolute paths that stay out whatever else is said: the files of secrets. */
  readonly secrets: ReadonlySet<string>;
  /** The line of the Compose file that asks for the files. */
  readonly place: Place;
}

/** Wherever they lie: histories, credentials, and what tools write beside the sources. */
const LEFT_OUT =
  /^(?:\.git|\.seaworthy|seaworthy\.lock|\.env(?:\..+)?|\.dockerignore|__pycache__|.+\.pyc|\.venv)$/;
const MAX_IGNORE_BYTES = 1024 * 1024;
/** In bytes. Whoever means to ship more has forgotten what lies in the folder. */
const MAX_CONTEXT = 512 * 1024 * 1024;

/**
 * Sorted by path. Everything belongs to root, with modes 0644 and 0755 by the owner's execute bit: times, owners and umask
 * do not count.
 * @throws Fault `plan/context-missing`, `plan/context-file`, `plan/context-size`, at the Compose file's line
 */
export async function contextEntries(options: ContextOptions): Promise<readonly Entry[]> {
  const { directory, place } = options;
  const ignoreFile = join(directory, ".dockerignore");
  const rules = { code: "plan/context-file", place, maxBytes: MAX_IGNORE_BYTES };
  const isIgnored = readDockerignore((await readTextFile(ignoreFile, rules)) ?? "", ignoreFile);
  const entries = new Map<string, Entry>();
  let size = 0;

  for (const { from, to } of options.files) {
    const before = entries.size;
    await requireInside(from);
    await walk(from, to, { kind: "app", origin: from, because: `placed at ${to} by the Compose file` });
    if (entries.size === before) throw missing(from);
  }
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));

  async function walk(from: string, to: string, reason: Reason): Promise<void> {
    const source = join(directory, from);
    const found = await unlessMissing(lstat(source));
    if (found === undefined || options.secrets.has(source)) return;
    if (found.isDirectory()) {
      for (const name of await readdir(source)) {
        if (!LEFT_OUT.test(name)) await walk(posix.join(from, name), posix.join(to, name), reason);
      }
      return;
    }
    // A folder that is ignored may still hold what an exception brings back in; only files are asked about.
    if (isIgnored(from)) return;
    const core = { path: cleanPath(to, from), uid: 0, gid: 0, reason };
    if (found.isSymbolicLink())
      return add({ ...core, kind: "symlink", target: await linkTarget(from, source) });
    if (!found.isFile()) throw refused(from, "no regular file");
    size += found.size;
    if (size > MAX_CONTEXT) {
      throw new Fault({
        code: "plan/context-size",
        message: `expected at most ${MAX_CONTEXT} bytes of files in ${directory}, found more at ${from}`,
        place,
        hint: "List what does not ship in .dockerignore, or name what does under files.",
      });
    }
    const mode = (found.mode & 0o100) === 0 ? 0o644 : 0o755;
    add({ ...core, kind: "file", mode, content: await readFile(source) });
  }

  /** A folder on the way may be a link; what it leads to is not this context. */
  async function requireInside(from: string): Promise<void> {
    const folder = posix.dirname(posix.join("/", from)).slice(1);
    const wanted = join(await realpath(directory), folder);
    if ((await unlessMissing(realpath(join(directory, folder)))) !== wanted) throw missing(from);
  }

  function add(entry: Entry): void {
    if (entries.has(entry.path)) throw refused(entry.reason.origin, `two files for /${entry.path}`);
    entries.set(entry.path, entry);
  }

  /** A link within the context goes along; one that leaves it would mean something else in the image. */
  async function linkTarget(from: string, source: string): Promise<string> {
    const target = await readlink(source);
    const reached = posix.join(posix.dirname(from), target);
    if (posix.isAbsolute(target) || reached === ".." || reached.startsWith("../")) {
      throw refused(from, `a link that leaves it, to ${target}`);
    }
    return target;
  }

  function missing(from: string): Fault {
    return new Fault({
      code: "plan/context-missing",
      message: `expected files at ${from} in ${directory}, found none`,
      place,
      hint: "Check the name, and whether .dockerignore keeps it out.",
    });
  }

  function refused(from: string, found: string): Fault {
    return new Fault({
      code: "plan/context-file",
      message: `expected files, folders and links within ${directory}, each once, found ${from}: ${found}`,
      place,
    });
  }
}

async function unlessMissing<T>(looked: Promise<T>): Promise<T | undefined> {
  try {
    return await looked;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
