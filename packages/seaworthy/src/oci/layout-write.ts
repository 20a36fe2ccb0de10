/** Writes an image as an OCI layout directory, whole or not at all. */
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { ContentStore } from "../content/store.ts";
import { isMissing } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";
import type { Image } from "./image.ts";
import { blobPath, blobsOf, layoutTexts } from "./layout.ts";
import { readBlob } from "./read-blob.ts";

/**
 * Writes beside the target and renames. A layout that stands there already is replaced; any other directory is refused.
 * @throws Fault `oci/not-a-layout`
 */
export async function writeOciLayout(store: ContentStore, image: Image, directory: string): Promise<void> {
  await refuseOther(directory);
  const target = resolve(directory);
  const temporary = `${target}.${randomBytes(6).toString("hex")}.partial`;
  const old = `${temporary}.old`;
  try {
    await mkdir(join(temporary, "blobs", "sha256"), { recursive: true });
    for (const descriptor of blobsOf(image)) {
      await readBlob(store, descriptor);
      await copyFile(store.path(descriptor.digest), join(temporary, blobPath(descriptor)));
    }
    for (const { path, text } of layoutTexts(image)) await writeFile(join(temporary, path), text);
    await mkdir(dirname(target), { recursive: true });
    await replace(target, temporary, old);
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

/** A directory with content cannot be renamed over: the old one steps aside, and comes back if the new one cannot take its place. */
async function replace(target: string, temporary: string, old: string): Promise<void> {
  try {
    await rename(target, old);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await rename(temporary, target);
    return;
  }
  try {
    await rename(temporary, target);
  } catch (error) {
    await rename(old, target);
    throw error;
  }
}

async function refuseOther(directory: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return;
    throw new Fault({
      code: "oci/not-a-layout",
      message: `expected a directory to write the image to, found something else at ${directory}`,
      hint: "Name another directory.",
      cause: error,
    });
  }
  if (names.length === 0 || names.includes("oci-layout")) return;
  throw new Fault({
    code: "oci/not-a-layout",
    message: `expected an OCI layout or nothing at ${directory}, found a directory with other files`,
    hint: "Name another directory: this one would have been replaced.",
  });
}
