/** What a Dockerfile may copy: the files of its folder, and those that `.dockerignore` keeps out. */
import { readdir } from "node:fs/promises";
import { join, posix } from "node:path";
import type { BuildContext } from "../inspect/dockerfile/subject.ts";
import { readDockerignore } from "../plan/dockerignore.ts";
import { readTextFile } from "../recipe/text-file.ts";

const MAX_IGNORE_BYTES = 1024 * 1024;
/** More are not looked at, and nothing is said about what is among them. */
const MOST_FILES = 50_000;
/** A folder of libraries is named once, like a file. */
const AS_ONE = new Set([".git", "node_modules", ".venv"]);

/**
 * @param directory of the context, absolute
 * @param dockerfile absolute; a `.dockerignore` of its own, `NAME.dockerignore`, comes first
 * @returns `undefined` for a folder with too many files to look at
 */
export async function readBuildContext(
  directory: string,
  dockerfile: string,
): Promise<BuildContext | undefined> {
  const isIgnored = await ignored([`${dockerfile}.dockerignore`, join(directory, ".dockerignore")]);
  const files: string[] = [];
  const left: string[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      const isOne = !entry.isDirectory() || AS_ONE.has(entry.name);
      if (!isOne) folders.push(path);
      else (isIgnored(path) ? left : files).push(entry.isDirectory() ? `${path}/` : path);
      if (files.length + left.length > MOST_FILES) return undefined;
    }
  }
  return { files, ignored: left };
}

async function ignored(paths: readonly string[]): Promise<(path: string) => boolean> {
  for (const path of paths) {
    const text = await readTextFile(path, { code: "check/dockerignore", maxBytes: MAX_IGNORE_BYTES });
    if (text !== undefined) return readDockerignore(text, path);
  }
  return () => false;
}
