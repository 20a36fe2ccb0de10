/** Reads the top-level `networks:` and makes sure that one private network is what they amount to. */
import { Fault } from "../fault/fault.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type MapNode, unsupported, valueFault } from "./compose-node.ts";
import type { ComposeService } from "./compose-service.ts";
import { expectBoolean, expectMap, expectString, optional } from "./expect.ts";

export interface ComposeNetwork {
  /** Whether the file says that there is no way out. In a pod there never is one. */
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

/**
 * A pod has one network. Two services that the file keeps apart would see each other in it, so that is refused.
 * @throws Fault `compose/separate-networks`
 */
export function checkOnePod(root: MapNode, services: ReadonlyMap<string, ComposeService>): void {
  const inPod = [...services.values()].filter((service) => service.network === "pod");
  for (const [index, one] of inPod.entries()) {
    for (const other of inPod.slice(index + 1)) {
      if (one.networks.some((name) => other.networks.includes(name))) continue;
      const node = serviceNode(root, one.networks.includes("default") ? other.name : one.name);
      throw new Fault({
        code: "compose/separate-networks",
        message: `expected services that share a network, found ${one.name} and ${other.name} kept apart`,
        place: node.place,
        hint: "Give both a common network; one private network for the whole stack is what can be run so far.",
      });
    }
  }
}

function serviceNode(root: MapNode, name: string): ComposeNode {
  const services = root.entries.get("services");
  return (services?.kind === "map" ? services.entries.get(name) : undefined) ?? root;
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
