/** Reads the top-level `networks:`, and what a service says of those it is in. */
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type ComposeWarning, type MapNode, valueFault } from "./compose-node.ts";
import { readPairs } from "./environment.ts";
import { expectBoolean, expectList, expectMap, expectString, optional } from "./expect.ts";
import { ignore } from "./ignored.ts";

export interface ComposeNetwork {
  /** Its own name in place of `<project>_<key>`. */
  readonly name?: string;
  /** Whether the file says that there is no way out. */
  readonly internal: boolean;
  /** Made by somebody else. */
  readonly external: boolean;
  readonly driver?: string;
  readonly driverOptions?: ReadonlyMap<string, string>;
  readonly labels?: ReadonlyMap<string, string>;
  /** CIDR notation. */
  readonly subnets?: readonly string[];
  readonly ipv6?: boolean;
}

/** One network that a service is in. */
export interface ComposeAttachment {
  /** A key of the top-level `networks`, or `default`. */
  readonly network: string;
  readonly aliases: readonly string[];
  readonly ipv4Address?: string;
  readonly ipv6Address?: string;
}

export function readNetwork(node: ComposeNode, warnings: ComposeWarning[]): ComposeNetwork {
  if (node.kind === "scalar" && node.value === null) return { internal: false, external: false };
  const map = expectMap(node);
  checkKeys(map, KEYS.network);
  ignore(map, ["attachable", "enable_ipv4"], "is for other engines", warnings);
  const named = optional(map, "name", expectString);
  const external = optional(map, "external", readExternal);
  const driver = optional(map, "driver", expectString);
  const name = named ?? external?.name;
  const driverOptions = optional(map, "driver_opts", readTexts);
  const labels = optional(map, "labels", readTexts);
  const ipv6 = optional(map, "enable_ipv6", expectBoolean);
  const subnets = optional(map, "ipam", (ipam) => readSubnets(ipam, warnings));
  return {
    internal: optional(map, "internal", expectBoolean) ?? false,
    external: external !== undefined,
    ...(name === undefined ? {} : { name }),
    ...(driver === undefined || driver === "default" ? {} : { driver }),
    ...(driverOptions === undefined ? {} : { driverOptions }),
    ...(labels === undefined ? {} : { labels }),
    ...(subnets === undefined || subnets.length === 0 ? {} : { subnets }),
    ...(ipv6 === undefined ? {} : { ipv6 }),
  };
}

/** `true`, or the old form with a name. `false` is as if it were not written. */
export function readExternal(node: ComposeNode): { readonly name?: string } | undefined {
  if (node.kind !== "map") return expectBoolean(node) ? {} : undefined;
  const name = optional(node, "name", expectString);
  return name === undefined ? {} : { name };
}

/** Pairs of which one without a value has an empty one: options and labels. */
export function readTexts(node: ComposeNode): ReadonlyMap<string, string> {
  return new Map([...readPairs(node)].map(([name, value]) => [name, value ?? ""]));
}

function readSubnets(node: ComposeNode, warnings: ComposeWarning[]): readonly string[] {
  const map = expectMap(node);
  checkKeys(map, KEYS.ipam);
  ignore(map, ["driver", "options"], "is left to the engine", warnings);
  const configs = optional(map, "config", (list) => expectList(list).items.map(expectMap)) ?? [];
  return configs.flatMap((config) => {
    checkKeys(config, KEYS.ipamConfig);
    ignore(config, ["gateway", "ip_range", "aux_addresses"], "is left to the engine", warnings);
    return optional(config, "subnet", subnet) ?? [];
  });
}

function subnet(node: ComposeNode): string {
  const text = expectString(node);
  if (!/^[0-9a-fA-F:.]+\/\d{1,3}$/.test(text)) throw valueFault(node, 'a subnet like "172.28.0.0/16"');
  return text;
}

/** What a service without `networks` is in. */
export const DEFAULT_NETWORKS: readonly ComposeAttachment[] = [{ network: "default", aliases: [] }];

/** No networks listed is the one that every project has. */
export function readAttachments(node: ComposeNode, warnings: ComposeWarning[]): readonly ComposeAttachment[] {
  const all =
    node.kind === "list"
      ? node.items.map((item) => ({ network: expectString(item), aliases: [] }))
      : [...expectMap(node).entries].map(([name, options]) => readAttachment(name, options, warnings));
  return all.length === 0 ? DEFAULT_NETWORKS : all;
}

const LEFT_TO_ENGINE = ["driver_opts", "gw_priority", "interface_name", "link_local_ips", "priority"];

function readAttachment(network: string, node: ComposeNode, warnings: ComposeWarning[]): ComposeAttachment {
  if (node.kind === "scalar" && node.value === null) return { network, aliases: [] };
  const map = expectMap(node);
  checkKeys(map, KEYS.serviceNetwork);
  ignore(map, LEFT_TO_ENGINE, "is left to the engine", warnings);
  const ipv4Address = optional(map, "ipv4_address", expectString);
  const ipv6Address = optional(map, "ipv6_address", expectString);
  return {
    network,
    aliases: optional(map, "aliases", (list) => expectList(list).items.map(expectString)) ?? [],
    ...(ipv4Address === undefined ? {} : { ipv4Address }),
    ...(ipv6Address === undefined ? {} : { ipv6Address }),
  };
}

/** A namespace that is not a service's own: the host's, none, or that of another. */
export type ComposeNamespace = "host" | "none" | { readonly share: string };

export function readNetworkMode(node: ComposeNode, service: MapNode): ComposeNamespace | undefined {
  const mode = expectString(node);
  if (mode !== "" && service.entries.has("networks")) {
    throw valueFault(node, "left out where networks are listed");
  }
  if (mode === "host" || mode === "none") return mode;
  if (/^(service|container):./.test(mode)) return { share: mode };
  // The engine's own default network; a project's own is what Compose gives, too.
  if (["", "bridge", "default"].includes(mode)) return undefined;
  throw valueFault(node, "host, none, service:NAME or container:NAME");
}
