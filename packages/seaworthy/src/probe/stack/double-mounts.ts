/** What a copied container may see of the host: nothing that the live one writes to. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { BindMount, Mount, VolumeMount } from "../../engine/container.ts";
import { isMissing } from "../../fault/errno.ts";

export interface CopyPlace {
  /** Of the copied stack; its volumes are named after it. */
  readonly project: string;
  /** Absolute, empty, on the host: for an engine that keeps volumes where it is told. */
  readonly folder: string;
}

/** With new volumes where the live container keeps its data; the same one wherever it is the same there. */
export async function doubleMounts(mounts: readonly Mount[], place: CopyPlace): Promise<readonly Mount[]> {
  return (await Promise.all(mounts.map((mount) => copyOf(mount, place)))).flat();
}

async function copyOf(mount: Mount, place: CopyPlace): Promise<readonly Mount[]> {
  switch (mount.kind) {
    case "volume":
      return [{ ...mount, ...volumeNamed(mount.name, place) }];
    case "bind":
      return await copyOfBind(mount, place);
    case "scratch":
    case "secret":
    case "tmpfs":
      return [mount];
  }
}

/** As for every bind mount, the folder is there before the container, and its owner is the host's business. */
async function copyOfBind(mount: BindMount, place: CopyPlace): Promise<readonly Mount[]> {
  const { source, target, readOnly } = mount;
  const about = await stat(source).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  if (about === undefined) return [{ kind: "scratch", target }];
  if (about.isFile() || (readOnly && about.isDirectory())) return [{ ...mount, readOnly: true }];
  // A socket or device leads out of the copy, read-only or not.
  if (!about.isDirectory()) return [];
  const owner = { uid: about.uid, gid: about.gid, mode: about.mode & 0o7777 };
  const volume: VolumeMount = {
    ...{ kind: "volume", target, readOnly, owner },
    ...volumeNamed(`bind${source.replaceAll(/[^a-zA-Z0-9_.-]/g, "-")}`, place),
  };
  return [volume];
}

function volumeNamed(name: string, { project, folder }: CopyPlace): Pick<VolumeMount, "name" | "source"> {
  return { name: `${project}_${name}`, source: join(folder, name) };
}
