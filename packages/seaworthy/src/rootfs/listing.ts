/** What is in a layer and why, as one JSON line a path; kept beside the layer. */
import type { Digest } from "../content/digest.ts";
import type { ContentStore, Stored } from "../content/store.ts";
import { Fault } from "../fault/fault.ts";
import type { Entry, Reason } from "../tree/tree.ts";

export interface ListedPath {
  readonly path: string;
  readonly kind: Entry["kind"];
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of the content, in bytes; 0 for directories and links. */
  readonly size: number;
  readonly target?: string;
  /** The file's capabilities as the kernel keeps them (`struct vfs_cap_data`), in hexadecimal; only where it has some. */
  readonly capabilities?: string;
  readonly reason: Reason;
}

export function listed(entry: Entry): ListedPath {
  return {
    path: entry.path,
    kind: entry.kind,
    mode: entry.kind === "symlink" ? 0o777 : entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    size: entry.kind === "file" ? entry.content.length : 0,
    ...(entry.kind === "symlink" ? { target: entry.target } : {}),
    reason: entry.reason,
  };
}

export async function writeListing(store: ContentStore, paths: readonly ListedPath[]): Promise<Stored> {
  return await store.write(Buffer.from(paths.map((path) => `${JSON.stringify(path)}\n`).join("")));
}

/** @throws Fault `rootfs/listing` when the listing is no longer in the store */
export async function readListing(store: ContentStore, digest: Digest): Promise<readonly ListedPath[]> {
  const content = await store.read(digest);
  if (content === undefined) {
    throw new Fault({
      code: "rootfs/listing",
      message: `expected the list of a layer's paths (${digest}) in the cache, found none`,
      hint: "Build the image again: seaworthy build",
      exit: 2,
    });
  }
  return Buffer.from(content)
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ListedPath);
}
