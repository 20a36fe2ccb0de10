/** Reads `volumes:` of a service, short (`data:/var/lib/data:ro`) and long, into named, bind and tmpfs mounts. */
import { join, resolve } from "node:path";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type MapNode, unsupported, valueFault } from "./compose-node.ts";
import {
  expectBoolean,
  expectInteger,
  expectMap,
  expectOneOf,
  expectString,
  optional,
  required,
} from "./expect.ts";
import { readSize } from "./sizes.ts";
import { type ComposeTmpfs, TMPFS_MODE } from "./tmpfs.ts";

export interface ComposeVolumeMount {
  readonly kind: "volume";
  /** A key of the top-level `volumes`. */
  readonly name: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface ComposeBindMount {
  readonly kind: "bind";
  /** Absolute. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export type ComposeMount = ComposeVolumeMount | ComposeBindMount | ComposeTmpfs;

/** Where some sources of bind mounts start. */
export interface HostFolders {
  /** The user's, absolute: of `~`. */
  readonly home: string;
}

export function readMount(node: ComposeNode, folders: HostFolders): ComposeMount {
  return node.kind === "map" ? longMount(node, folders) : shortMount(node, folders);
}

function shortMount(node: ComposeNode, folders: HostFolders): ComposeMount {
  const parts = expectString(node).split(":");
  const [source, target, options, ...more] = parts;
  if (source === undefined || source === "" || more.length > 0) {
    throw valueFault(node, 'like "data:/var/lib/data"');
  }
  if (target === undefined) throw anonymous(node);
  let readOnly = false;
  for (const option of options?.split(",") ?? []) {
    if (option === "ro" || option === "rw") readOnly = option === "ro";
    else throw unsupported(node, `the mount option "${option}"`, "Use ro or rw only.");
  }
  return named(node, source, target, readOnly, folders);
}

function longMount(map: MapNode, folders: HostFolders): ComposeMount {
  checkKeys(map, KEYS.mount);
  const type = required(map, "type", (node) => {
    const word = expectString(node);
    if (["npipe", "cluster", "image"].includes(word)) {
      throw unsupported(node, `the mount type "${word}"`, "Use volume, bind or tmpfs.");
    }
    return expectOneOf(node, ["volume", "bind", "tmpfs"]);
  });
  const target = required(map, "target", expectString);
  const readOnly = optional(map, "read_only", expectBoolean) ?? false;
  optional(map, "bind", (node) => checkKeys(expectMap(node), KEYS.mountBind));
  optional(map, "volume", (node) => checkKeys(expectMap(node), KEYS.mountVolume));
  if (type === "tmpfs") {
    if (readOnly) throw unsupported(map, "a read-only tmpfs", "Leave read_only out.");
    const options = optional(map, "tmpfs", expectMap);
    if (options !== undefined) checkKeys(options, KEYS.mountTmpfs);
    const size = options === undefined ? undefined : optional(options, "size", readSize);
    const mode = options === undefined ? undefined : optional(options, "mode", readMode);
    return {
      kind: "tmpfs",
      target: absolute(map, target),
      size: size === 0 ? undefined : size,
      mode: mode ?? TMPFS_MODE,
      exec: false,
    };
  }
  const source = optional(map, "source", expectString);
  if (source === undefined) throw anonymous(map);
  if (type === "volume") return volume(map, source, target, readOnly);
  return { kind: "bind", source: hostPath(source, map, folders), target: absolute(map, target), readOnly };
}

function readMode(node: ComposeNode): number {
  const mode = expectInteger(node, 0);
  if (mode > 0o7777) throw valueFault(node, "permission bits, like 0700");
  return mode;
}

function named(
  node: ComposeNode,
  source: string,
  target: string,
  readOnly: boolean,
  folders: HostFolders,
): ComposeMount {
  if (/^[./~]/.test(source)) {
    return {
      kind: "bind",
      source: hostPath(source, node, folders),
      target: absolute(node, target),
      readOnly,
    };
  }
  return volume(node, source, target, readOnly);
}

function volume(node: ComposeNode, name: string, target: string, readOnly: boolean): ComposeVolumeMount {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(name)) throw valueFault(node, "a volume with a plain name", name);
  return { kind: "volume", name, target: absolute(node, target), readOnly };
}

function hostPath(source: string, { base }: ComposeNode, { home }: HostFolders): string {
  if (source === "~" || source.startsWith("~/")) return join(home, source.slice(1));
  return resolve(base, source);
}

function absolute(node: ComposeNode, target: string): string {
  if (!target.startsWith("/")) throw valueFault(node, "mounted at an absolute path", target);
  return target;
}

function anonymous(node: ComposeNode): Error {
  return unsupported(
    node,
    "a volume without a name",
    "Name it here and list the name under the top-level volumes; data without a name is lost.",
  );
}
