/** The files of an image's layers with their bytes: all of them, or as a container sees them. */
import { decompress } from "../codec/decompress.ts";
import type { ContentStore } from "../content/store.ts";
import type { Layer } from "../oci/image.ts";
import { readBlob } from "../oci/read-blob.ts";
import { readTar } from "../tar/read.ts";
import { readListing } from "./listing.ts";
import { visiblePaths } from "./visible-paths.ts";

const MAX_LAYER = 8 * 1024 ** 3;

/** Every regular file of every layer, lowest first, those too that a later one hides. */
export async function* layerFiles(
  store: ContentStore,
  layers: readonly Layer[],
): AsyncGenerator<readonly [path: string, content: Uint8Array]> {
  for (const layer of layers) {
    for (const entry of readTar(await decompress(await readBlob(store, layer), MAX_LAYER))) {
      if (entry.kind === "file") yield [entry.name.replace(/^(?:\.?\/)+/, ""), entry.content];
    }
  }
}

/** Those of the wanted paths that are visible regular files, each from the last layer that names it; no other layer is unpacked. */
export async function visibleFiles(
  store: ContentStore,
  layers: readonly Layer[],
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const listings = await Promise.all(layers.map((layer) => readListing(store, layer.listing)));
  const visible = visiblePaths(listings).filter(({ path, kind }) => wanted.has(path) && kind === "file");
  const names = new Set(visible.map(({ path }) => path));
  const lastOf = new Map<string, Layer>();
  for (const [index, layer] of layers.entries()) {
    for (const { path } of listings[index] ?? []) if (names.has(path)) lastOf.set(path, layer);
  }
  const found = new Map<string, Uint8Array>();
  for (const layer of new Set(lastOf.values())) {
    for await (const [path, content] of layerFiles(store, [layer])) {
      if (lastOf.get(path) === layer) found.set(path, content);
    }
  }
  return found;
}
