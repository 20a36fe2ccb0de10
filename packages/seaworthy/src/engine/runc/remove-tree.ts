/** Removes a folder that a container wrote into: without root, a directory it closed must be opened first. */
import { chmod, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../../fault/errno.ts";

/** Somebody who was told to end may still write into it. */
const PATIENT = { recursive: true, force: true, maxRetries: 10, retryDelay: 20 };

export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, PATIENT);
  } catch (error) {
    if (errnoOf(error) !== "EACCES") throw error;
    await open(path);
    await rm(path, PATIENT);
  }
}

/** Links are not directories to `readdir`, and are not followed. */
async function open(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await open(join(folder, entry.name));
  }
}
