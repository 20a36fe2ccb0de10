/** The list of a layer's paths when somebody else made the layer: nobody knows more than that they are in it. */
import type { Digest } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import { fileCapabilities, type TarEntry } from "../tar/read.ts";
import { type ListedPath, writeListing } from "./listing.ts";

export async function listingOfTar(
  store: ContentStore,
  layer: string,
  entries: Iterable<TarEntry>,
): Promise<Digest> {
  const paths = Array.from(entries, (entry): ListedPath => {
    const { kind, mode, uid, gid, size, linkTarget } = entry;
    const capabilities = fileCapabilities(entry);
    return {
      path: entry.name.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, ""),
      kind: kind === "directory" || kind === "symlink" ? kind : "file",
      ...{ mode, uid, gid, size },
      ...(kind === "symlink" ? { target: linkTarget } : {}),
      ...(capabilities === undefined ? {} : { capabilities }),
      reason: {
        kind: "image",
        origin: `layer ${layer.slice("sha256:".length, 19)}`,
        because: "in a layer of the image",
      },
    };
  });
  return (
    await writeListing(
      store,
      paths.filter(({ path }) => path !== "" && path !== "."),
    )
  ).digest;
}
