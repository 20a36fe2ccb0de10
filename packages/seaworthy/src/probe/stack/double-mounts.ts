/** What a copied container may see of the host: nothing that the live one writes to. */
import { chmod, chown, mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Mount, VolumeMount } from "../../engine/container.ts";

export interface DoubleMounts {
  /** With empty folders where the live container keeps its data; the same one wherever it is the same there. */
  of(mounts: readonly Mount[]): Promise<readonly Mount[]>;
  /** Takes a volume away: after the container's next start it is new and empty. */
  lose(volume: VolumeMount): Promise<void>;
}

/** @param folder absolute, empty, on the host */
export function doubleMounts(folder: string): DoubleMounts {
  const copies = new Map<string, Promise<string>>();

  /** As for every bind mount, the folder is there before the container, and its owner is the host's business. */
  function emptyCopy(source: string): Promise<string> {
    const copy = copies.get(source) ?? makeLike(source, join(folder, `bind-${copies.size}`));
    copies.set(source, copy);
    return copy;
  }

  async function own(mount: Mount): Promise<readonly Mount[]> {
    // The engine makes and fills it, as it does for every new volume.
    if (mount.kind === "volume") return [{ ...mount, source: join(folder, `volume-${mount.name}`) }];
    if (mount.kind !== "bind") return [mount];
    const kind = await stat(mount.source);
    if (kind.isFile() || (mount.readOnly && kind.isDirectory())) return [{ ...mount, readOnly: true }];
    // A socket or device leads out of the copy, read-only or not.
    if (!kind.isDirectory()) return [];
    const { target, readOnly } = mount;
    return [{ kind: "volume", name: target, source: await emptyCopy(mount.source), target, readOnly }];
  }

  return {
    of: async (mounts) => (await Promise.all(mounts.map(own))).flat(),
    async lose({ source }) {
      const lost = `${source}.lost`;
      await rename(source, lost);
      const wasBound = (await Promise.all(copies.values())).includes(source);
      if (wasBound) await makeLike(lost, source);
    },
  };
}

async function makeLike(model: string, path: string): Promise<string> {
  const { mode, uid, gid } = await stat(model);
  await mkdir(path);
  await chown(path, uid, gid);
  await chmod(path, mode & 0o7777);
  return path;
}
