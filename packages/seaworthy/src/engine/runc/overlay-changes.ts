/** What a container has done to its root file system: the upper directory of its overlay, read against the layers below. */
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../fault/errno.ts";

export interface OverlayChange {
  /** Absolute, in the container. */
  readonly path: string;
  readonly kind: "added" | "changed" | "deleted";
}

/**
 * Folders that only hold what changed are passed over, and so is all that leads to a mount.
 * @param bundle with `upper` and the links `lower/0`, `lower/1`, ..., as bundle.ts makes them
 * @param mounts absolute paths in the container that are mounted on
 */
export async function overlayChanges(
  bundle: string,
  mounts: readonly string[],
): Promise<readonly OverlayChange[]> {
  const lower = (await readdir(join(bundle, "lower"))).map((name) => join(bundle, "lower", name));
  const leadsToMount = (path: string): boolean =>
    mounts.some((mount) => mount === path || mount.startsWith(`${path}/`));

  async function below(path: string): Promise<readonly OverlayChange[]> {
    const entries = await readdir(join(bundle, "upper", path), { withFileTypes: true });
    const found = await Promise.all(
      entries.map(async (entry): Promise<readonly OverlayChange[]> => {
        const inside = `${path}/${entry.name}`;
        // A whiteout: overlayfs's device 0, 0 in the place of what was deleted.
        if (entry.isCharacterDevice()) return [{ path: inside, kind: "deleted" }];
        const known = await isInAny(lower, inside);
        const inner = entry.isDirectory() ? await below(inside) : [];
        const isPlace = leadsToMount(inside) || (entry.isDirectory() && known);
        return isPlace ? inner : [{ path: inside, kind: known ? "changed" : "added" }, ...inner];
      }),
    );
    return found.flat();
  }
  return (await below("")).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function isInAny(folders: readonly string[], path: string): Promise<boolean> {
  for (const folder of folders) {
    try {
      await lstat(join(folder, path));
      return true;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return false;
}
