/** Reads the top-level `networks:`, and what a service says of those it is in. */
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type MapNode, unsupported, valueFault } from "./compose-node.ts";
import { expectBoolean, expectMap, expectString, optional } from "./expect.ts";

export interface ComposeNetwork {
  /** Whether the file says that there is no way out. */
  readonly internal: boolean;
}

export function readNetwork(node: ComposeNode): ComposeNetwork {
  if (node.kind === "scalar" && node.value === null) return { internal: false };
  const map = expectMap(node);
  checkKeys(map, KEYS.network);
  optional(map, "driver", (driver) => {
    if (!["bridge", "default"].includes(expectString(driver))) {
      throw unsupported(driver, "a network driver", "Leave it out; services share one private network.");
    }
  });
  optional(map, "name", expectString);
  return { internal: optional(map, "internal", expectBoolean) ?? false };
}

/** What a service without `networks` is in. */
export const DEFAULT_NETWORKS: readonly string[] = ["default"];

export function readNetworkMode(node: ComposeNode, service: MapNode): "host" {
  const mode = expectString(node);
  if (mode !== "host") {
    throw unsupported(node, `the network mode "${mode}"`, "Leave it out, or list the service's networks.");
  }
  if (service.entries.has("networks")) throw valueFault(node, "left out where networks are listed");
  return mode;
}

/** No networks listed is the one that every project has. */
export function readNetworks(node: ComposeNode): readonly string[] {
  const names = networkNames(node);
  return names.length === 0 ? DEFAULT_NETWORKS : names;
}

function networkNames(node: ComposeNode): readonly string[] {
  if (node.kind === "list") return node.items.map(expectString);
  return [...expectMap(node).entries].map(([name, options]) => {
    if (options.kind !== "scalar" || options.value !== null) {
      checkKeys(expectMap(options), KEYS.serviceNetwork);
    }
    return name;
  });
}
