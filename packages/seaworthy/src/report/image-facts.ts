/** What a report says of an image: its layers, and what takes their room. */
import type { ReportImage, ReportLayer } from "@seaworthy/evidence";
import type { ContentStore } from "../content/store.ts";
import type { Image, Layer } from "../oci/image.ts";
import { readListing } from "../rootfs/listing.ts";

const LARGEST = 8;

/** @throws Fault `rootfs/listing` when a layer's list of paths is no longer in the store */
export async function imageFacts(
  store: ContentStore,
  service: string,
  image: Image,
  pinnedBy: string,
): Promise<ReportImage> {
  const layers = await Promise.all(image.layers.map((layer) => layerFacts(store, layer)));
  const sum = (of: (layer: ReportLayer) => number): number =>
    layers.reduce((total, layer) => total + of(layer), 0);
  return {
    service,
    reference: image.reference,
    digest: image.manifest.digest,
    platform: `linux/${image.config.architecture}`,
    user: image.config.user,
    packedSize: sum((layer) => layer.packedSize),
    unpackedSize: sum((layer) => layer.unpackedSize),
    layers,
    healthCheck: image.config.healthCheck?.argv ?? [],
    pinnedBy,
  };
}

async function layerFacts(store: ContentStore, layer: Layer): Promise<ReportLayer> {
  const paths = await readListing(store, layer.listing);
  const bytes = new Map<string, number>();
  for (const { reason, size } of paths) {
    if (size > 0) bytes.set(reason.origin, (bytes.get(reason.origin) ?? 0) + size);
  }
  const origins = [...bytes]
    .map(([origin, total]) => ({ origin, bytes: total }))
    .toSorted((a, b) => b.bytes - a.bytes || (a.origin < b.origin ? -1 : 1))
    .slice(0, LARGEST);
  const { name, createdBy, digest, diffId, size, unpackedSize } = layer;
  return { name, createdBy, digest, diffId, packedSize: size, unpackedSize, paths: paths.length, origins };
}
