/** Whose a listening port is: another program of the machine may well use the same number. */
import { readdir, readFile, readlink } from "node:fs/promises";

const LISTEN = "0A";

/** Whether the process holds a socket that listens on this port, on any address. */
export async function isListenedToBy(pid: number, port: number): Promise<boolean> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)));
  for (const name of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    const target = await readlink(`/proc/${pid}/fd/${name}`).catch(() => "");
    const [, inode] = /^socket:\[(\d+)\]$/.exec(target) ?? [];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

/** Rows of proc(5)'s `/proc/net/tcp`: slot, local address, remote address, state, ..., inode. */
export function listeningInodes(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return table
    .split("\n")
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter((cells) => cells[3] === LISTEN && cells[1]?.endsWith(`:${wanted}`) === true)
    .flatMap((cells) => cells[9] ?? []);
}
