/** Keeps each image layer unpacked once, by its digest, for the overlays of all containers to share. */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { hexOf } from "../../content/digest.ts";
import { errnoOf, isMissing } from "../../fault/errno.ts";
import type { Image, Layer } from "../../oci/image.ts";

/** Writes the layer's files below an empty directory, with owners, modes and overlay whiteouts. */
export type UnpackLayer = (layer: Layer, directory: string) => Promise<void>;

/** The image's layers as directories, lowest first; those not here yet are unpacked. */
export async function unpackedLayers(
  image: Image,
  layerRoot: string,
  unpack: UnpackLayer,
): Promise<readonly string[]> {
  const directories: string[] = [];
  for (const layer of image.layers) {
    const directory = join(layerRoot, hexOf(layer.diffId));
    if (!(await isThere(directory))) await unpackInto(directory, (partial) => unpack(layer, partial));
    directories.push(directory);
  }
  return directories;
}

/** Renames a whole layer into place, so that one which is there is complete. */
async function unpackInto(directory: string, fill: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${directory}.${randomBytes(6).toString("hex")}.partial`;
  await mkdir(partial, { recursive: true });
  try {
    await chmod(partial, 0o755);
    await fill(partial);
    await rename(partial, directory);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Somebody else was faster, with the same content.
    if (errnoOf(error) !== "ENOTEMPTY" && errnoOf(error) !== "EEXIST") throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
