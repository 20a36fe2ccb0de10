/** A layer on disk, for engines that mount it: owners and modes as written, no link ever followed. */
import { constants } from "node:fs";
import { chmod, lchown, mkdir, open, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { decompress } from "../codec/decompress.ts";
import type { ContentStore } from "../content/store.ts";
import { Fault } from "../fault/fault.ts";
import { readTar, type TarEntry } from "../tar/read.ts";
import { hasAllIds } from "./host-ids.ts";
import type { Layer } from "./image.ts";
import { readBlob } from "./read-blob.ts";

const MAX_LAYER = 8 * 1024 ** 3;

/**
 * Unpacks a layer with owners and modes into an empty directory that the caller has made, and removes when this throws.
 * Without root everything belongs to the caller.
 * @throws Fault `oci/unpack` for entries that lead outside, go through a link, come twice, or are devices
 */
export async function unpackLayer(store: ContentStore, layer: Layer, directory: string): Promise<void> {
  await unpackInto(directory, await decompress(await readBlob(store, layer), MAX_LAYER));
}

async function unpackInto(root: string, archive: Uint8Array): Promise<void> {
  const made = new Map<string, "directory" | "other">([["", "directory"]]);
  const directories: { readonly path: string; readonly mode: number }[] = [];
  const owners = hasAllIds();
  for (const entry of readTar(archive)) {
    const path = insidePath(entry);
    if (made.has(path)) throw refused(entry, "a path that came before");
    // The parent was made by this archive as a directory: so nothing above the path is a link.
    if (made.get(dirname(path) === "." ? "" : dirname(path)) !== "directory") {
      throw refused(entry, "a path whose parent is no directory of this layer");
    }
    made.set(path, entry.kind === "directory" ? "directory" : "other");
    await place(root, path, entry, owners);
    if (entry.kind === "directory") directories.push({ path, mode: entry.mode });
  }
  // Last, so that a directory nobody may write to could still be filled.
  for (const { path, mode } of directories.toReversed()) await chmod(join(root, path), mode);
}

async function place(root: string, path: string, entry: TarEntry, owners: boolean): Promise<void> {
  const target = join(root, path);
  switch (entry.kind) {
    case "directory":
      await mkdir(target, { mode: 0o700 });
      break;
    case "symlink":
      await symlink(entry.linkTarget, target);
      break;
    case "file": {
      const file = await open(
        target,
        constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW,
        0o600,
      );
      try {
        await file.writeFile(entry.content);
      } finally {
        await file.close();
      }
      break;
    }
    case "hardlink":
    case "character":
    case "block":
    case "fifo":
    case "other":
      throw refused(entry, `a ${entry.kind} entry`);
  }
  if (owners) await lchown(target, entry.uid, entry.gid);
  // After the owner: a change of owner drops set-id bits.
  if (entry.kind === "file") await chmod(target, entry.mode);
}

function insidePath(entry: TarEntry): string {
  const path = entry.name.replace(/\/$/, "");
  if (path === "" || path.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw refused(entry, "a path that is not clean and relative");
  }
  return path;
}

function refused(entry: TarEntry, what: string): Fault {
  return new Fault({
    code: "oci/unpack",
    message: `expected files, directories and links inside the layer, found ${what}: ${JSON.stringify(entry.name.slice(0, 200))}`,
    exit: 2,
  });
}
