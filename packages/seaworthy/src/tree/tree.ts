/** A file tree on its way into an image: every entry knows why it is there. */
import type { Digest } from "../content/digest.ts";

/** Why a path is in the image. `seaworthy why PATH` prints it, parents included. */
export interface Reason {
  /** What kind of origin put it there. */
  readonly kind: "debian" | "npm" | "runtime" | "app" | "rule" | "image";
  /** The origin by name: `libc6 2.41-12`, `fastify 5.12.8`, `account appuser`. */
  readonly origin: string;
  /** One sentence: `needed by libstdc++6`, `listed in "files" of package.json`. */
  readonly because: string;
}

interface EntryCore {
  /** Relative to the root, no leading slash, no `.` or `..`: `usr/bin/node`. */
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly reason: Reason;
}

export interface FileEntry extends EntryCore {
  readonly kind: "file";
  /** Permission bits, with set-id and sticky: 0o755. */
  readonly mode: number;
  readonly content: Uint8Array;
}

export interface DirectoryEntry extends EntryCore {
  readonly kind: "directory";
  readonly mode: number;
}

export interface SymlinkEntry extends EntryCore {
  readonly kind: "symlink";
  readonly target: string;
}

export type Entry = FileEntry | DirectoryEntry | SymlinkEntry;

/**
 * One origin's share of a layer (a Debian package, an npm package, the accounts).
 * Its entries are asked for only when no fragment made from the same `key` is in the store.
 */
export interface Part {
  /** For progress and conflicts: `debian/libc6`, `npm/fastify`. Unique within a layer. */
  readonly name: string;
  /** The digest of everything that decides the entries: content, target path, version of the rules. */
  readonly key: Digest;
  /** Directories may be left out: parents are made by rule (0755, root). Order does not matter. */
  entries(): Promise<readonly Entry[]>;
}
