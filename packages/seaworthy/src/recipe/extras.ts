/** Reads the keys of a service that change how its container is set up, and that some engines give and others refuse. */

import type { ComposeExtras } from "./compose-extras.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type MapNode, unsupported, valueFault } from "./compose-node.ts";
import { readDevice } from "./devices.ts";
import {
  expectBoolean,
  expectInteger,
  expectList,
  expectMap,
  expectOneOf,
  expectString,
  expectText,
  optional,
} from "./expect.ts";
import { readExtraHosts } from "./extra-hosts.ts";
import { readTexts } from "./networks.ts";
import { readSize } from "./sizes.ts";
import { readUlimits } from "./ulimits.ts";

type Reader<T> = (node: ComposeNode) => T | undefined;

/** Each field with its key. What the file leaves out is left out. */
const FIELDS: { readonly [Field in keyof ComposeExtras]-?: readonly [string, Reader<ComposeExtras[Field]>] } =
  {
    hostname: ["hostname", hostName],
    domainName: ["domainname", hostName],
    init: ["init", expectBoolean],
    tty: ["tty", expectBoolean],
    stdinOpen: ["stdin_open", expectBoolean],
    ulimits: ["ulimits", readUlimits],
    sysctls: ["sysctls", readTexts],
    devices: ["devices", (node) => expectList(node).items.map(readDevice)],
    deviceCgroupRules: ["device_cgroup_rules", (node) => expectList(node).items.map(expectString)],
    extraHosts: ["extra_hosts", readExtraHosts],
    dns: ["dns", oneOrMore],
    dnsSearch: ["dns_search", oneOrMore],
    dnsOptions: ["dns_opt", oneOrMore],
    macAddress: ["mac_address", expectString],
    usernsMode: ["userns_mode", usernsMode],
    cgroup: ["cgroup", (node) => expectOneOf<"host" | "private">(node, ["host", "private"])],
    cgroupParent: ["cgroup_parent", expectString],
    runtime: ["runtime", expectString],
    platform: ["platform", platform],
    pullPolicy: ["pull_policy", pullPolicy],
    oomScoreAdj: ["oom_score_adj", (node) => between(node, -1000, 1000)],
    oomKillDisable: ["oom_kill_disable", expectBoolean],
    memorySwap: ["memswap_limit", memorySwap],
    memoryReservation: ["mem_reservation", readSize],
    memorySwappiness: ["mem_swappiness", (node) => between(node, 0, 100)],
    cpuShares: ["cpu_shares", (node) => expectInteger(node, 0)],
    cpuset: ["cpuset", cpuset],
    logging: ["logging", logging],
    storageOptions: ["storage_opt", readTexts],
  };

export function readExtras(service: MapNode): ComposeExtras {
  const read = Object.entries(FIELDS).map(([field, [key, reader]]) => [
    field,
    optional<unknown>(service, key, reader),
  ]);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as ComposeExtras;
}

function hostName(node: ComposeNode): string {
  const name = expectString(node);
  if (!/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$/.test(name)) {
    throw valueFault(node, "a host name (RFC 1123)");
  }
  return name;
}

function oneOrMore(node: ComposeNode): readonly string[] {
  return node.kind === "list" ? node.items.map(expectString) : [expectString(node)];
}

function between(node: ComposeNode, least: number, most: number): number {
  const number = expectInteger(node, least);
  if (number > most) throw valueFault(node, `a whole number from ${least} to ${most}`);
  return number;
}

function usernsMode(node: ComposeNode): "host" | undefined {
  const mode = expectString(node);
  if (mode === "") return undefined;
  if (mode === "host") return mode;
  throw unsupported(node, `the user namespace mode "${mode}"`, "Leave it out, or write host.");
}

function platform(node: ComposeNode): string {
  const text = expectString(node);
  if (!/^[a-z0-9]+\/[a-z0-9_]+(\/v\d+)?$/.test(text)) throw valueFault(node, 'like "linux/arm64"');
  return text;
}

function pullPolicy(node: ComposeNode): string {
  const policy = expectString(node);
  if (["always", "never", "missing", "if_not_present", "build"].includes(policy)) return policy;
  if (/^(daily|weekly|every_.+)$/.test(policy)) {
    throw unsupported(node, `the pull policy "${policy}"`, "Use always, missing or never.");
  }
  throw valueFault(node, '"always", "missing", "never" or "build"');
}

/** -1 is without bounds; 0 is as if it were not written. */
function memorySwap(node: ComposeNode): number | undefined {
  if (expectText(node) === "-1") return -1;
  return readSize(node) || undefined;
}

function cpuset(node: ComposeNode): string {
  const text = expectText(node);
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)) throw valueFault(node, 'CPUs like "0-3" or "0,1"');
  return text;
}

function logging(node: ComposeNode): NonNullable<ComposeExtras["logging"]> {
  const map = expectMap(node);
  checkKeys(map, KEYS.logging);
  return {
    driver: optional(map, "driver", expectString),
    options: optional(map, "options", readTexts) ?? new Map(),
  };
}
