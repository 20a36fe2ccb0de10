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
  /** `private` when left out. */
  readonly propagation?: string;
  /** Whether a source that is missing is made, as a directory. */
  readonly createSource?: true;
}

/** A volume without a name, gone with its container. */
export interface ComposeScratch {
  readonly kind: "scratch";
  readonly target: string;
}

export type ComposeMount = ComposeVolumeMount | ComposeBindMount | ComposeScratch | ComposeTmpfs;

/** Where some sources of bind mounts start. */
export interface HostFolders {
  /** The user's, absolute: of `~`. */
  readonly home: string;
}

export function readMount(node: ComposeNode, folders: HostFolders): ComposeMount {
  return node.kind === "map" ? longMount(node, folders) : shortMount(node, folders);
}

const PROPAGATIONS = ["private", "rprivate", "shared", "rshared", "slave", "rslave"];
/** For SELinux, for Docker's desktop, and for the first filling of a volume, which is always done. */
const WITHOUT_EFFECT = ["z", "Z", "consistent", "cached", "delegated", "nocopy", "volume-nocopy"];

function shortMount(node: ComposeNode, folders: HostFolders): ComposeMount {
  const parts = expectString(node).split(":");
  const [source, target, options, ...more] = parts;
  if (source === undefined || source === "" || more.length > 0) {
    throw valueFault(node, 'like "data:/var/lib/data"');
  }
  if (target === undefined) return { kind: "scratch", target: absolute(node, source) };
  let readOnly = false;
  let propagation: string | undefined;
  for (const option of options?.split(",") ?? []) {
    if (option === "ro" || option === "rw") readOnly = option === "ro";
    else if (PROPAGATIONS.includes(option)) propagation = option;
    else if (!WITHOUT_EFFECT.includes(option)) {
      throw unsupported(node, `the mount option "${option}"`, "Use ro or rw only.");
    }
  }
  if (!/^[./~]/.test(source)) return volume(node, source, target, readOnly);
  return bind(node, hostPath(source, node, folders), target, readOnly, propagation);
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
  const options = optional(map, "bind", expectMap);
  if (options !== undefined) checkKeys(options, KEYS.mountBind);
  optional(map, "volume", (node) => checkKeys(expectMap(node), KEYS.mountVolume));
  if (type === "tmpfs") {
    if (readOnly) throw unsupported(map, "a read-only tmpfs", "Leave read_only out.");
    const memory = optional(map, "tmpfs", expectMap);
    if (memory !== undefined) checkKeys(memory, KEYS.mountTmpfs);
    const size = memory === undefined ? undefined : optional(memory, "size", readSize);
    const mode = memory === undefined ? undefined : optional(memory, "mode", readMode);
    return {
      kind: "tmpfs",
      target: absolute(map, target),
      size: size === 0 ? undefined : size,
      mode: mode ?? TMPFS_MODE,
      exec: false,
    };
  }
  const source = optional(map, "source", expectString);
  if (type === "volume") {
    if (source !== undefined) return volume(map, source, target, readOnly);
    return { kind: "scratch", target: absolute(map, target) };
  }
  if (source === undefined) throw valueFault(map, "a bind mount with a source", "none");
  const propagation = options && optional(options, "propagation", (node) => expectOneOf(node, PROPAGATIONS));
  const mount = bind(map, hostPath(source, map, folders), target, readOnly, propagation);
  const creates = options && optional(options, "create_host_path", expectBoolean);
  return creates === true ? { ...mount, createSource: true } : mount;
}

function readMode(node: ComposeNode): number {
  const mode = expectInteger(node, 0);
  if (mode > 0o7777) throw valueFault(node, "permission bits, like 0700");
  return mode;
}

function bind(
  node: ComposeNode,
  source: string,
  target: string,
  readOnly: boolean,
  propagation: string | undefined,
): ComposeBindMount {
  return {
    ...{ kind: "bind", source, target: absolute(node, target), readOnly },
    ...(propagation === undefined ? {} : { propagation }),
  };
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
