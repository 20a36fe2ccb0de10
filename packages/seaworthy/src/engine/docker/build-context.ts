/** A folder as the tar that a builder takes: without what `.dockerignore` leaves out, and with its Dockerfile in any case. */
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { basename, join, posix, relative, resolve, sep } from "node:path";
import { errnoOf, isMissing } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import { readDockerignore } from "../../plan/dockerignore.ts";
import { TAR_END, writeEntry } from "../../tar/write.ts";
import type { Entry, Reason } from "../../tree/tree.ts";

export interface BuildContext {
  /** Made while it is read, one file in memory at a time. All files are root's, and of one time. */
  readonly tar: AsyncIterable<Uint8Array>;
  /** The Dockerfile's name in the tar. */
  readonly dockerfile: string;
  /** The Dockerfile on this machine. */
  readonly file: string;
}

const reason: Reason = { kind: "app", origin: "build context", because: "in the folder of the build" };

/**
 * @param folder absolute
 * @param dockerfile relative to the folder, or absolute; `Dockerfile` when left out
 * @throws Fault `docker/no-context`, `docker/no-dockerfile`, `plan/dockerignore`
 */
export async function openBuildContext(folder: string, dockerfile = "Dockerfile"): Promise<BuildContext> {
  const file = resolve(folder, dockerfile);
  const content = await readDockerfile(folder, file);
  const inside = relative(folder, file).split(sep).join("/");
  const name = inside.startsWith("../") ? `.dockerfile-${basename(file)}` : inside;
  const ignore = await readIgnore(folder, file);
  return { tar: contextTar(folder, ignore, { name, content }), dockerfile: name, file };
}

async function readDockerfile(folder: string, file: string): Promise<Uint8Array> {
  if (!(await isFolder(folder))) {
    throw new Fault({
      code: "docker/no-context",
      message: "expected a folder to build from, found none",
      place: { file: folder },
      hint: "Correct build.context; only folders of this machine are built from.",
    });
  }
  try {
    return await readFile(file);
  } catch (error) {
    if (!isMissing(error) && errnoOf(error) !== "EISDIR") throw error;
    throw new Fault({
      code: "docker/no-dockerfile",
      message: "expected a Dockerfile, found none",
      place: { file },
      hint: "Correct build.dockerfile.",
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(join(path, "."))).isDirectory();
  } catch {
    return false;
  }
}

interface Ignore {
  readonly excludes: (path: string) => boolean;
  /** Whether anything below an excluded folder may be wanted after all. */
  readonly hasExceptions: boolean;
}

/** One beside the Dockerfile and named after it comes before the folder's own, as with BuildKit. */
async function readIgnore(folder: string, dockerfile: string): Promise<Ignore> {
  for (const file of [`${dockerfile}.dockerignore`, join(folder, ".dockerignore")]) {
    try {
      const text = await readFile(file, "utf8");
      return { excludes: readDockerignore(text, file), hasExceptions: /^\s*!/m.test(text) };
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return { excludes: () => false, hasExceptions: false };
}

async function* contextTar(
  folder: string,
  ignore: Ignore,
  dockerfile: { readonly name: string; readonly content: Uint8Array },
): AsyncGenerator<Uint8Array> {
  const written = new Set<string>();
  for await (const entry of walk(folder, "", ignore)) {
    if (entry.path === dockerfile.name) continue;
    yield* parents(entry.path, written);
    if (entry.kind !== "directory" || !written.has(entry.path)) yield writeEntry(entry);
    written.add(entry.path);
  }
  yield* parents(dockerfile.name, written);
  yield writeEntry({
    kind: "file",
    path: dockerfile.name,
    mode: 0o644,
    uid: 0,
    gid: 0,
    content: dockerfile.content,
    reason,
  });
  yield TAR_END;
}

/** Folders that were left out themselves, and hold something that was not. */
function* parents(path: string, written: Set<string>): Generator<Uint8Array> {
  const parent = posix.dirname(path);
  if (parent === "." || written.has(parent)) return;
  yield* parents(parent, written);
  written.add(parent);
  yield writeEntry({ kind: "directory", path: parent, mode: 0o755, uid: 0, gid: 0, reason });
}

/** What a proof writes beside a Compose file is no source: with it the image would be another one after each proof. */
const OWN_FOLDER = ".seaworthy";

/** In the order of names, so that the same folder gives the same tar. Sockets, pipes and devices are no part of a context. */
async function* walk(folder: string, inside: string, ignore: Ignore): AsyncGenerator<Entry> {
  const entries = await readdir(join(folder, inside), { withFileTypes: true });
  for (const found of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = posix.join(inside, found.name);
    const isLeftOut = ignore.excludes(path);
    if (found.isDirectory()) {
      if (found.name === OWN_FOLDER) continue;
      if (!isLeftOut) yield await directoryEntry(folder, path);
      if (!isLeftOut || ignore.hasExceptions) yield* walk(folder, path, ignore);
    } else if (!isLeftOut) {
      const entry = await leafEntry(folder, path);
      if (entry !== undefined) yield entry;
    }
  }
}

async function directoryEntry(folder: string, path: string): Promise<Entry> {
  const { mode } = await lstat(join(folder, path));
  return { kind: "directory", path, mode: mode & 0o7777, uid: 0, gid: 0, reason };
}

async function leafEntry(folder: string, path: string): Promise<Entry | undefined> {
  const source = join(folder, path);
  const stat = await lstat(source);
  const common = { path, uid: 0, gid: 0, reason };
  if (stat.isSymbolicLink()) return { kind: "symlink", ...common, target: await readlink(source) };
  if (!stat.isFile()) return undefined;
  return { kind: "file", ...common, mode: stat.mode & 0o7777, content: await readFile(source) };
}
