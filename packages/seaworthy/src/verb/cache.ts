/** `cache`: the size of what can be made again, and its removal. */
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../fault/errno.ts";
import { directoriesOf, type VerbIo } from "./verb.ts";

export interface CacheState {
  readonly directory: string;
  /** On disk, before it was cleared. */
  readonly bytes: number;
  readonly cleared: boolean;
}

export async function cache({ clear }: { readonly clear: boolean }, io: VerbIo): Promise<CacheState> {
  const directory = directoriesOf(io.env).cache;
  const bytes = await sizeOf(directory);
  if (clear) await rm(directory, { recursive: true, force: true });
  return { directory, bytes, cleared: clear };
}

/** Links are counted as links and never followed; what vanishes meanwhile counts nothing. */
async function sizeOf(path: string): Promise<number> {
  try {
    const about = await lstat(path);
    if (!about.isDirectory()) return about.size;
    let sum = 0;
    for (const name of await readdir(path)) sum += await sizeOf(join(path, name));
    return sum;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
