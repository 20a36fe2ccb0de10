/** Writes parts to a folder on disk, for the build stage: the compiler wants its dependencies as files. */
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Entry, Part } from "../tree/tree.ts";

/** Packages unpacked at a time; each is held in memory whole. */
const CONCURRENCY = 6;

/**
 * @param directory absolute, and the caller's own: what is there already is not expected
 */
export async function materialise(parts: readonly Part[], directory: string): Promise<void> {
  const made = new Map<string, Promise<unknown>>();
  const folder = (path: string): Promise<unknown> => {
    let making = made.get(path);
    if (making === undefined) made.set(path, (making = mkdir(path, { recursive: true, mode: 0o755 })));
    return making;
  };
  const queue = [...parts];
  const work = async (): Promise<void> => {
    for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
      for (const entry of await part.entries()) await place(entry, join(directory, entry.path), folder);
    }
  };
  // All have stopped writing when this returns, also after a failure: the caller may want to remove the folder.
  const outcomes = await Promise.allSettled(
    Array.from({ length: CONCURRENCY }, () => work().catch((error: unknown) => abandon(queue, error))),
  );
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

async function place(entry: Entry, path: string, folder: (path: string) => Promise<unknown>): Promise<void> {
  if (entry.kind === "directory") {
    await folder(path);
    return;
  }
  await folder(dirname(path));
  if (entry.kind === "symlink") await symlink(entry.target, path);
  else await writeFile(path, entry.content, { mode: entry.mode, flag: "wx" });
}

function abandon(queue: Part[], error: unknown): never {
  queue.length = 0;
  throw error;
}
