/** Where bytes are kept by their digest, and how a computed result is remembered by the digest of its inputs. */
import type { Digest } from "./digest.ts";

export type Bytes = AsyncIterable<Uint8Array>;

export interface Stored {
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
}

export interface ContentStore {
  /** The size of the blob, or `undefined` when it is not here. Does not read it. */
  stat(digest: Digest): Promise<Stored | undefined>;
  /** Whole content, its digest checked; a blob that no longer matches is removed and reported as absent. */
  read(digest: Digest): Promise<Uint8Array | undefined>;
  /** A file with the blob's content, for streaming. Its digest is checked by whoever reads to the end. */
  path(digest: Digest): string;
  /**
   * Keeps the bytes. Atomic: a reader sees the whole blob or none, also after a crash.
   * With `expected`, refuses content of another digest and keeps nothing.
   */
  write(content: Uint8Array | Bytes, expected?: Digest): Promise<Stored>;
  /** What `remember` was told for this key, while every blob the value names may since be gone. */
  recall(key: Digest): Promise<string | undefined>;
  /** Notes a small text (usually JSON that names digests) under the digest of what it was computed from. */
  remember(key: Digest, value: string): Promise<void>;
}
