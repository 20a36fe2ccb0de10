/** The addresses that a network namespace calls its own, by which its neighbours might reach it. */
import { readFile } from "node:fs/promises";
import { ipv6Text } from "./ipv6-text.ts";

export interface OwnAddress {
  /** `172.18.0.2`, `fd00::2`. */
  readonly text: string;
  /** Four or sixteen, as the network has them. */
  readonly bytes: readonly number[];
}

/**
 * Loopback and link-local ones are left out: nobody outside reaches those.
 * @param namespace a process in the network namespace that is meant
 * @returns none when there is no such process
 */
export async function ownAddresses(namespace: number): Promise<readonly OwnAddress[]> {
  const [trie, table] = await Promise.all(
    ["fib_trie", "if_inet6"].map((name) =>
      readFile(`/proc/${namespace}/net/${name}`, "utf8").catch(() => ""),
    ),
  );
  return [...ipv4Addresses(trie ?? ""), ...ipv6Addresses(table ?? "")];
}

/** Of `fib_trie`, which has each in the main and in the local table: a leaf, and below it `/32 host LOCAL`. */
export function ipv4Addresses(trie: string): readonly OwnAddress[] {
  const leaves = trie.matchAll(/\|-- ([\d.]+)\n\s+\/32 host LOCAL$/gm);
  const texts = new Set([...leaves].map(([, text]) => text ?? ""));
  return [...texts]
    .filter((text) => !text.startsWith("127."))
    .map((text) => ({ text, bytes: text.split(".").map(Number) }));
}

const GLOBAL = "00";

/** Of `if_inet6`: the address, then in hexadecimal the device, the prefix, the scope and flags; proc(5). */
export function ipv6Addresses(table: string): readonly OwnAddress[] {
  return table.split("\n").flatMap((row) => {
    const [hex = "", , , scope] = row.trim().split(/\s+/);
    if (!/^[0-9a-f]{32}$/.test(hex) || scope !== GLOBAL) return [];
    const bytes = [...Buffer.from(hex, "hex")];
    return [{ text: ipv6Text(bytes), bytes }];
  });
}
