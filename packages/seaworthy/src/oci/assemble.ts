/** Layers and a configuration to an image: three kinds of blobs in the store, tied together by digests. */
import type { ContentStore } from "../content/store.ts";
import { configBytes } from "./config.ts";
import type { Descriptor, Image, ImageConfig, Layer } from "./image.ts";
import { CONFIG_MEDIA_TYPE, MANIFEST_MEDIA_TYPE } from "./media-type.ts";

export interface ImageSpec {
  readonly reference: string;
  readonly config: ImageConfig;
  /** Lowest first; already in the store. */
  readonly layers: readonly Layer[];
}

/** The labels are the manifest's annotations too: registries read the one, `docker inspect` the other. */
export async function assembleImage(store: ContentStore, spec: ImageSpec): Promise<Image> {
  const config = await store.write(configBytes(spec.config, spec.layers));
  const configDescriptor: Descriptor = { mediaType: CONFIG_MEDIA_TYPE, ...config };
  const manifest = await store.write(
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST_MEDIA_TYPE,
        config: configDescriptor,
        layers: spec.layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
        annotations: Object.fromEntries(spec.config.labels),
      }),
    ),
  );
  return {
    reference: spec.reference,
    manifest: { mediaType: MANIFEST_MEDIA_TYPE, ...manifest },
    configDescriptor,
    config: spec.config,
    layers: spec.layers,
  };
}
