/** The files of a project that a build may see: sources, not what earlier runs or other tools left beside them. */
import { copyFile, lstat, mkdir, readdir, readFile, readlink, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Digest, digestOf } from "../content/digest.ts";

export interface SourceFile {
  /** Relative to the project, `/` between parts. */
  readonly path: string;
  readonly kind: "file" | "symlink";
}

/** Wherever they lie. */
const LEFT_OUT = new Set(["node_modules", ".git", ".seaworthy", ".env", ".env.local", ".DS_Store"]);
/** At the top: secrets, and what the engine and test tools write. */
const LEFT_OUT_AT_TOP = new Set(["secrets", "coverage", "seaworthy.lock", ".npmrc"]);

/**
 * Sorted by path. Without `.git`, `node_modules`, secrets, and (where a build script makes it) `dist`.
 */
export async function listSources(
  directory: string,
  options: { readonly hasBuild: boolean },
): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  async function walk(folder: string): Promise<void> {
    for (const item of await readdir(join(directory, folder), { withFileTypes: true })) {
      const path = folder === "" ? item.name : `${folder}/${item.name}`;
      if (LEFT_OUT.has(item.name) || LEFT_OUT_AT_TOP.has(path)) continue;
      if (options.hasBuild && path === "dist") continue;
      if (item.isDirectory()) await walk(path);
      else if (item.isFile()) files.push({ path, kind: "file" });
      else if (item.isSymbolicLink()) files.push({ path, kind: "symlink" });
    }
  }
  await walk("");
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Over paths, contents, link targets and execute bits; times, owners and umask do not count. */
export async function digestSources(directory: string, files: readonly SourceFile[]): Promise<Digest> {
  const lines: string[] = [];
  for (const { path, kind } of files) {
    const at = join(directory, path);
    const executable = kind === "file" && ((await lstat(at)).mode & 0o100) !== 0;
    const content = kind === "file" ? digestOf(await readFile(at)) : await readlink(at);
    lines.push(JSON.stringify([path, kind, executable, content]));
  }
  return digestOf(lines.join("\n"));
}

export async function copySources(from: string, to: string, files: readonly SourceFile[]): Promise<void> {
  for (const { path, kind } of files) {
    const target = join(to, path);
    await mkdir(dirname(target), { recursive: true });
    if (kind === "file") await copyFile(join(from, path), target);
    else await symlink(await readlink(join(from, path)), target);
  }
}
