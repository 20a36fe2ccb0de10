/** Writes an image as one tar that `docker load`, `podman load` and skopeo all take: an OCI layout with `manifest.json`. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { ContentStore } from "../content/store.ts";
import { TAR_END, writeEntry } from "../tar/write.ts";
import type { Entry, Reason } from "../tree/tree.ts";
import type { Image } from "./image.ts";
import { blobPath, blobsOf, layoutTexts } from "./layout.ts";
import { readBlob } from "./read-blob.ts";

/** The same image gives the same bytes. Writes beside the target and renames. */
export async function writeDockerArchive(store: ContentStore, image: Image, file: string): Promise<void> {
  const temporary = `${file}.partial-${process.pid}`;
  await mkdir(dirname(file), { recursive: true });
  try {
    const output = await open(temporary, "w");
    try {
      for await (const block of dockerArchive(store, image)) await output.writeFile(block);
    } finally {
      await output.close();
    }
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The same, as it is made. */
export async function* dockerArchive(store: ContentStore, image: Image): AsyncGenerator<Uint8Array> {
  yield writeEntry(directory("blobs"));
  yield writeEntry(directory("blobs/sha256"));
  for (const descriptor of blobsOf(image)) {
    yield writeEntry(file(blobPath(descriptor), await readBlob(store, descriptor)));
  }
  for (const { path, text } of layoutTexts(image)) yield writeEntry(file(path, Buffer.from(text)));
  yield TAR_END;
}

const reason: Reason = { kind: "rule", origin: "image layout", because: "part of the archive's format" };

function directory(path: string): Entry {
  return { kind: "directory", path, mode: 0o755, uid: 0, gid: 0, reason };
}

function file(path: string, content: Uint8Array): Entry {
  return { kind: "file", path, mode: 0o644, uid: 0, gid: 0, content, reason };
}
