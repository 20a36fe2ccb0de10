/** Small tars that are put into a container before it starts: planted files, secrets, and the owner of an empty folder. */
import { posix } from "node:path";
import { TAR_END, writeEntry } from "../../tar/write.ts";
import type { Reason } from "../../tree/tree.ts";
import type { User } from "../container.ts";
import type { PlantedFile } from "../engine.ts";

const reason: Reason = { kind: "rule", origin: "container", because: "put there before it starts" };

/** To be unpacked at `/`. */
export function plantedArchive(files: readonly PlantedFile[]): Uint8Array {
  const entries = files.map(({ path, content, mode, uid, gid }) =>
    writeEntry({ kind: "file", path: posix.resolve("/", path).slice(1), content, mode, uid, gid, reason }),
  );
  return Buffer.concat([...entries, TAR_END]);
}

/** To be unpacked in the folder that holds the secret. Root's, and everybody's to read, as Compose mounts them. */
export function secretArchive(name: string, content: Uint8Array): Uint8Array {
  const owner = { uid: 0, gid: 0 };
  return Buffer.concat([
    writeEntry({ kind: "file", path: name, content, mode: 0o444, ...owner, reason }),
    TAR_END,
  ]);
}

/** To be unpacked in the folder itself: an entry called `/`, since engines pass over one called `.`. */
export function ownerArchive({ uid, gid }: Pick<User, "uid" | "gid">): Uint8Array {
  return Buffer.concat([writeEntry({ kind: "directory", path: "", mode: 0o755, uid, gid, reason }), TAR_END]);
}
