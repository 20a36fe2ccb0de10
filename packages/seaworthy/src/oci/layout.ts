/** The files of an OCI image layout (image-layout.md), with the `manifest.json` that `docker load` wants beside them. */
import { hexOf } from "../content/digest.ts";
import type { Descriptor, Image } from "./image.ts";
import { INDEX_MEDIA_TYPE } from "./media-type.ts";

export interface LayoutText {
  readonly path: string;
  readonly text: string;
}

/** `blobs/sha256/<hex>`. */
export function blobPath(descriptor: Descriptor): string {
  return `blobs/sha256/${hexOf(descriptor.digest)}`;
}

/** Every blob of the image once, manifest first. */
export function blobsOf(image: Image): readonly Descriptor[] {
  const all = [image.manifest, image.configDescriptor, ...image.layers];
  return [...new Map(all.map((descriptor) => [descriptor.digest, descriptor])).values()];
}

/** The small files of the layout, in the order of their names. */
export function layoutTexts(image: Image): readonly LayoutText[] {
  const index = {
    schemaVersion: 2,
    mediaType: INDEX_MEDIA_TYPE,
    manifests: [
      {
        ...pick(image.manifest),
        platform: { architecture: image.config.architecture, os: "linux" },
        annotations: {
          "io.containerd.image.name": image.reference,
          "org.opencontainers.image.ref.name": tagOf(image.reference),
        },
      },
    ],
  };
  const dockerManifest = [
    {
      Config: blobPath(image.configDescriptor),
      RepoTags: [image.reference],
      Layers: image.layers.map(blobPath),
    },
  ];
  return [
    { path: "index.json", text: JSON.stringify(index) },
    { path: "manifest.json", text: JSON.stringify(dockerManifest) },
    { path: "oci-layout", text: JSON.stringify({ imageLayoutVersion: "1.0.0" }) },
  ];
}

/** `prod` of `myapp:prod`; `latest` where none is written. */
export function tagOf(reference: string): string {
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  const colon = name.indexOf(":");
  return colon === -1 ? "latest" : name.slice(colon + 1);
}

function pick({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}
