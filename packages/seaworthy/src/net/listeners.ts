/** Whose a listening port is: another program of the machine may well use the same number. */
import { readdir, readFile, readlink } from "node:fs/promises";
import { ipv6Text } from "./ipv6-text.ts";

export interface ListeningSocket {
  /** `127.0.0.1`, `0.0.0.0`, `::1`. */
  readonly address: string;
  readonly port: number;
}

type Protocol = "tcp" | "udp";

/** TCP's LISTEN; a datagram socket that has no partner is in TCP_CLOSE. */
const WAITING: Readonly<Record<Protocol, string>> = { tcp: "0A", udp: "07" };

/**
 * The sockets that these processes wait for others on: TCP, unless datagrams are asked for.
 * @param namespace a process in the network namespace that is meant
 */
export async function listeningSockets(
  namespace: number | "self",
  holders: readonly number[],
  protocol: Protocol = "tcp",
): Promise<readonly ListeningSocket[]> {
  const held = new Set((await Promise.all(holders.map(socketInodes))).flat());
  const tables = await Promise.all(
    [protocol, `${protocol}6`].map((name) =>
      readFile(`/proc/${namespace}/net/${name}`, "utf8").catch(() => ""),
    ),
  );
  return tables
    .flatMap((table) => listeners(table, protocol))
    .filter(({ inode }) => held.has(inode))
    .map(({ address, port }) => ({ address, port }));
}

/** A process and all that descend from it. */
export async function processTree(pid: number): Promise<readonly number[]> {
  const tree: number[] = [];
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    tree.push(next);
    for (const thread of await readdir(`/proc/${next}/task`).catch(() => [])) {
      const children = await readFile(`/proc/${next}/task/${thread}/children`, "utf8").catch(() => "");
      waiting.push(...children.split(" ").filter(Boolean).map(Number));
    }
  }
  return tree;
}

/** Rows of proc(5)'s `/proc/net/tcp`, `tcp6`, `udp` and `udp6`: slot, local address, remote address, state, ..., inode. */
export function listeners(
  table: string,
  protocol: Protocol = "tcp",
): readonly (ListeningSocket & { readonly inode: string })[] {
  return table
    .split("\n")
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter((cells) => cells[3] === WAITING[protocol])
    .flatMap((cells) => {
      const [, address, port] = /^((?:[0-9A-F]{8}){1,4}):([0-9A-F]{4})$/.exec(cells[1] ?? "") ?? [];
      const inode = cells[9];
      if (address === undefined || port === undefined || inode === undefined) return [];
      return [{ address: addressOf(address), port: Number.parseInt(port, 16), inode }];
    });
}

export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** Whether a socket bound to one address answers at another. */
export function covers(bound: string, address: string): boolean {
  return bound === address || bound === "::" || (bound === "0.0.0.0" && !address.includes(":"));
}

async function socketInodes(pid: number): Promise<readonly string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => "")));
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

/** The kernel prints each 32-bit word as a number; x64 and arm64 Linux are little-endian. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, "hex").reverse()]);
  if (bytes.length === 4) return bytes.join(".");
  const isIpv4 = bytes.slice(0, 12).join() === "0,0,0,0,0,0,0,0,0,0,255,255";
  return isIpv4 ? bytes.slice(12).join(".") : ipv6Text(bytes);
}
