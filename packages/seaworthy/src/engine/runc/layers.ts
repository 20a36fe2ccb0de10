/** Keeps each image layer unpacked once, by its digest, for the overlays of all containers to share. */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { hexOf } from "../../content/digest.ts";
import { errnoOf, isMissing } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import type { Layer } from "../../oci/image.ts";
import type { ContainerImage } from "../container.ts";
import { isRootless } from "./rootless.ts";

/** Writes the layer's files below an empty directory, with owners, modes and overlay whiteouts. */
export type UnpackLayer = (layer: Layer, directory: string) => Promise<void>;

/** The image's layers as directories, lowest first; those not here yet are unpacked. */
export async function unpackedLayers(
  image: Pick<ContainerImage, "layers">,
  layerRoot: string,
  unpack: UnpackLayer,
): Promise<readonly string[]> {
  const directories: string[] = [];
  for (const layer of image.layers) {
    const directory = layerFolder(layerRoot, layer);
    if (!(await isOurs(directory))) await unpackInto(directory, (partial) => unpack(layer, partial));
    directories.push(directory);
  }
  return directories;
}

/** Layers whose owners are all the caller, as without root they are, are kept apart from those with their own. */
function layerFolder(layerRoot: string, layer: Pick<Layer, "diffId">): string {
  return join(layerRoot, ...(isRootless() ? ["rootless"] : []), hexOf(layer.diffId));
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

/** @throws Fault `engine/layer-owner` when somebody else unpacked it: its files could be anything */
async function isOurs(path: string): Promise<boolean> {
  try {
    const { uid } = await stat(path);
    if (uid === process.geteuid?.()) return true;
    throw new Fault({
      code: "engine/layer-owner",
      message: `expected an unpacked layer of our own, found one that user ${uid} owns`,
      place: { file: path },
      hint: "Each user needs a cache of their own: remove the folder, or set another one.",
      exit: 2,
    });
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
