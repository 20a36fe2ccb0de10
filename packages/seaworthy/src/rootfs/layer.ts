/** Parts to one deterministic layer: directories first, then each part's cached fragment, then the end of the archive. */
import { decompress } from "../codec/decompress.ts";
import { GZIP_FORMAT, gzip } from "../codec/gzip.ts";
import { type Digest, Digester, digestOf } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import { Fault } from "../fault/fault.ts";
import type { Layer } from "../oci/image.ts";
import { LAYER_MEDIA_TYPE } from "../oci/media-type.ts";
import { TAR_END, TAR_FORMAT, writeEntry } from "../tar/write.ts";
import type { Part } from "../tree/tree.ts";
import { type Fragment, fragmentOf } from "./fragment.ts";
import { type ListedPath, readListing, writeListing } from "./listing.ts";
import { type MergedPaths, mergePaths } from "./merge.ts";

export interface LayerSpec {
  /** `base`, `runtime`, `dependencies`, `app`. */
  readonly name: string;
  readonly createdBy: string;
  readonly parts: readonly Part[];
  /** Lowest first. */
  readonly below: readonly Layer[];
}

/** Far above any real fragment; a damaged size must not take all memory. */
const MAX_FRAGMENT = 4 * 1024 ** 3;

/**
 * Finds or makes the layer. The same parts in the same order on the same layers give the same bytes on every machine;
 * a layer whose parts are all known is not made again, and neither is a known part of a new layer.
 * @param onPart told the name of each part before its fragment is looked for
 * @throws Fault `rootfs/conflict`, `rootfs/path`, and whatever a part's `entries()` throws
 */
export async function buildLayer(
  store: ContentStore,
  spec: LayerSpec,
  onPart: (name: string) => void = () => undefined,
): Promise<Layer> {
  const key = digestOf(
    JSON.stringify([
      ...["layer", GZIP_FORMAT, TAR_FORMAT, spec.name, spec.createdBy],
      spec.parts.map((part) => [part.name, part.key]),
      spec.below.map((layer) => layer.diffId),
    ]),
  );
  const known = await recallLayer(store, key);
  if (known !== undefined) return known;

  const fragments: Fragment[] = [];
  for (const part of spec.parts) {
    onPart(part.name);
    fragments.push(await fragmentOf(store, part));
  }
  const merged = mergePaths(
    await Promise.all(
      fragments.map(async ({ part, listing }) => ({ name: part, paths: await readListing(store, listing) })),
    ),
    (await Promise.all(spec.below.map((layer) => readListing(store, layer.listing)))).flat(),
  );
  const plain = new Digester();
  const blob = await store.write(packLayer(store, merged, fragments, plain));
  const listing = await writeListing(store, [...merged.directories, ...merged.others]);
  const layer: Layer = {
    mediaType: LAYER_MEDIA_TYPE,
    digest: blob.digest,
    size: blob.size,
    diffId: plain.digest(),
    unpackedSize: contentSize(merged.others),
    name: spec.name,
    createdBy: spec.createdBy,
    listing: listing.digest,
  };
  await store.remember(key, JSON.stringify(layer));
  return layer;
}

async function* packLayer(
  store: ContentStore,
  merged: MergedPaths,
  fragments: readonly Fragment[],
  plain: Digester,
): AsyncGenerator<Uint8Array> {
  const directories = Buffer.concat(
    merged.directories.map((directory) => writeEntry({ ...directory, kind: "directory" })),
  );
  plain.update(directories);
  yield await gzip(directories);
  for (const { packed, part } of fragments) {
    const content = await store.read(packed);
    if (content === undefined) {
      throw new Fault({
        code: "rootfs/fragment",
        message: `expected the packed content of ${part} in the cache, found it missing or damaged`,
        hint: "The damaged file has been removed: run the same command again.",
        exit: 2,
      });
    }
    plain.update(await decompress(content, MAX_FRAGMENT));
    yield content;
  }
  plain.update(TAR_END);
  yield await gzip(TAR_END);
}

async function recallLayer(store: ContentStore, key: Digest): Promise<Layer | undefined> {
  const memo = await store.recall(key);
  if (memo === undefined) return undefined;
  const layer = JSON.parse(memo) as Layer;
  // Both are read whatever the first says: reading removes what is damaged, and `write` trusts the size of what is there.
  const blob = await store.read(layer.digest);
  const listing = await store.read(layer.listing);
  return blob === undefined || listing === undefined ? undefined : layer;
}

function contentSize(paths: readonly ListedPath[]): number {
  return paths.reduce((sum, path) => sum + path.size, 0);
}
