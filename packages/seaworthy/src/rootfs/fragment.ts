/** One part's share of a layer as compressed tar, made once and found again by the part's key. */
import { GZIP_FORMAT, gzip } from "../codec/gzip.ts";
import { type Digest, digestOf } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import { TAR_FORMAT, writeEntry } from "../tar/write.ts";
import type { Entry, Part } from "../tree/tree.ts";
import { listed, writeListing } from "./listing.ts";
import { cleanPath, comparePaths } from "./path.ts";

export interface Fragment {
  readonly part: string;
  /** Gzip members with the part's files and links, sorted; directories are the layer's affair. */
  readonly packed: Digest;
  /** Of all the part's entries, directories included. */
  readonly listing: Digest;
}

/** Finds or makes a part's fragment. The part's entries are asked for only when they are needed. */
export async function fragmentOf(store: ContentStore, part: Part): Promise<Fragment> {
  const key = digestOf(JSON.stringify(["fragment", part.key, GZIP_FORMAT, TAR_FORMAT]));
  const known = await recallFragment(store, key);
  if (known !== undefined) return { part: part.name, ...known };
  const entries = [...(await part.entries())].sort((a, b) => comparePaths(a.path, b.path));
  for (const entry of entries) assertClean(entry, part.name);
  const tar = Buffer.concat(entries.filter((entry) => entry.kind !== "directory").map(writeEntry));
  const packed = await store.write(await gzip(tar));
  const listing = await writeListing(store, entries.map(listed));
  const made = { packed: packed.digest, listing: listing.digest };
  await store.remember(key, JSON.stringify(made));
  return { part: part.name, ...made };
}

async function recallFragment(store: ContentStore, key: Digest): Promise<Omit<Fragment, "part"> | undefined> {
  const memo = await store.recall(key);
  if (memo === undefined) return undefined;
  const known = JSON.parse(memo) as Omit<Fragment, "part">;
  // Both are read whatever the first says: reading removes what is damaged, and `write` trusts the size of what is there.
  const packed = await store.read(known.packed);
  const listing = await store.read(known.listing);
  return packed === undefined || listing === undefined ? undefined : known;
}

function assertClean(entry: Entry, origin: string): void {
  if (entry.path === "" || cleanPath(entry.path, origin) !== entry.path) {
    throw new TypeError(`expected a clean relative path from ${origin}, found ${JSON.stringify(entry.path)}`);
  }
}
