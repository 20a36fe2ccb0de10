/** A blob of an image from the store, its digest and size checked. */
import type { ContentStore } from "../content/store.ts";
import { Fault } from "../fault/fault.ts";
import type { Descriptor } from "./image.ts";

/** @throws Fault `oci/blob` when the store no longer has it, or has another size */
export async function readBlob(store: ContentStore, descriptor: Descriptor): Promise<Uint8Array> {
  const content = await store.read(descriptor.digest);
  if (content?.length === descriptor.size) return content;
  throw new Fault({
    code: "oci/blob",
    message: `expected ${descriptor.size} bytes with digest ${descriptor.digest} in the cache, found ${content === undefined ? "none, or damaged ones" : content.length}`,
    hint: "Build the image again: seaworthy build",
    exit: 2,
  });
}
