/** Reads `ports:`, short (`127.0.0.1:8000:8000`, ranges of equal length) and long, into one entry per port. */
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type ListNode, type MapNode, unsupported, valueFault } from "./compose-node.ts";
import { expectOneOf, expectText, optional, required } from "./expect.ts";

export interface ComposePort {
  /** `0.0.0.0` when none is named. */
  readonly address: string;
  /** On the host; 0 for any that is free. */
  readonly published: number;
  /** In the container. */
  readonly target: number;
  /** `tcp` when left out. */
  readonly protocol?: "udp";
}

const EVERYWHERE = "0.0.0.0";
const SHORT =
  /^(?:(?<address>\[[0-9a-fA-F:.]+\]|\d+\.\d+\.\d+\.\d+):)?(?:(?<host>[\d-]*):)?(?<inside>[\d-]+)(?:\/(?<protocol>\w+))?$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}$/;
const IPV6 = /^(?=.*:)[0-9a-fA-F:.]{2,45}$/;

/** One that is written twice, as ranges and several files may, counts once. */
export function readPorts({ items }: ListNode): readonly ComposePort[] {
  const ports = items.flatMap(readPort);
  return [...new Map(ports.map((port) => [JSON.stringify(port), port])).values()];
}

function readPort(node: ComposeNode): readonly ComposePort[] {
  return node.kind === "map" ? longPort(node) : shortPort(node);
}

function shortPort(node: ComposeNode): readonly ComposePort[] {
  const text = expectText(node);
  const groups = SHORT.exec(text)?.groups;
  if (groups === undefined) throw valueFault(node, 'like "127.0.0.1:8000:8000"');
  return publish(node, groups["address"], groups["host"], groups["inside"] ?? "", groups["protocol"]);
}

function longPort(map: MapNode): readonly ComposePort[] {
  checkKeys(map, KEYS.port);
  optional(map, "mode", (node) => expectOneOf(node, ["host", "ingress"]));
  return publish(
    map,
    optional(map, "host_ip", expectText),
    optional(map, "published", expectText),
    required(map, "target", expectText),
    optional(map, "protocol", expectText),
  );
}

function publish(
  node: ComposeNode,
  address: string | undefined,
  host: string | undefined,
  inside: string,
  protocol = "tcp",
): readonly ComposePort[] {
  if (protocol !== "tcp" && protocol !== "udp") {
    throw unsupported(node, `the protocol "${protocol}"`, "Publish TCP and UDP ports only.");
  }
  const bare = (address ?? EVERYWHERE).replace(/^\[(.*)\]$/, "$1");
  if (!IPV4.test(bare) && !IPV6.test(bare)) throw valueFault(node, "published on an IP address", bare);
  const targets = range(node, inside);
  const published =
    host === undefined || host === "" || host === "0" ? targets.map(() => 0) : range(node, host);
  if (targets.length !== published.length) throw valueFault(node, "two ranges of equal length");
  return targets.map((target, index) => ({
    address: bare,
    published: published[index] ?? target,
    target,
    ...(protocol === "udp" ? { protocol } : {}),
  }));
}

function range(node: ComposeNode, text: string): readonly number[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first < 1 || last > 65_535 || last < first) {
    throw valueFault(node, "ports from 1 to 65535", text);
  }
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
