/** What a container sees of an image's layers: the highest one's word on each path, and nothing of what was taken away. */
import type { ListedPath } from "./listing.ts";

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";

/**
 * @param listings lowest layer first
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/layer.md#whiteouts
 */
export function visiblePaths(listings: readonly (readonly ListedPath[])[]): readonly ListedPath[] {
  const seen = new Map<string, ListedPath>();
  for (const listing of listings) {
    for (const { path } of listing) hide(path, seen);
    for (const entry of listing) {
      if (!nameOf(entry.path).startsWith(WHITEOUT)) seen.set(entry.path, entry);
    }
  }
  return [...seen.values()];
}

/** A whiteout speaks of the layers below, wherever it stands in its own. */
function hide(path: string, seen: Map<string, ListedPath>): void {
  const name = nameOf(path);
  if (!name.startsWith(WHITEOUT)) return;
  const folder = path.slice(0, path.length - name.length);
  const hidden = name === OPAQUE ? undefined : folder + name.slice(WHITEOUT.length);
  for (const other of [...seen.keys()]) {
    const isInside =
      hidden === undefined ? other.startsWith(folder) : other === hidden || other.startsWith(`${hidden}/`);
    if (isInside) seen.delete(other);
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
