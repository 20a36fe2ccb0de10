/** The processes of a container as the host's kernel has them: their rights, and what they were started with. */
import { readdir, readFile, readlink } from "node:fs/promises";
import type { User } from "../engine/container.ts";
import { processTree } from "../net/listeners.ts";

export interface ProcessRights {
  readonly pid: number;
  /** Its program's name, as the kernel cuts it. */
  readonly name: string;
  /** Real, effective, saved and file system ids, and the group list; as the container numbers them. */
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  readonly groups: readonly number[];
  readonly noNewPrivileges: boolean;
  /** The five sets, each a mask. */
  readonly capabilities: readonly bigint[];
  readonly isFiltered: boolean;
}

/**
 * Every process in the process namespace of the first one, also those that were started beside it; where the namespace is
 * the host's, all that came from it.
 */
export async function processesOf(first: number): Promise<readonly number[]> {
  const [own, host] = await Promise.all([namespaceOf(first), namespaceOf("self")]);
  if (own === undefined || own === host) return await processTree(first);
  const numbers = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const namespaces = await Promise.all(numbers.map(namespaceOf));
  return numbers.filter((_, index) => namespaces[index] === own);
}

async function namespaceOf(pid: number | "self"): Promise<string | undefined> {
  return await readlink(`/proc/${pid}/ns/pid`).catch(() => undefined);
}

/** Each once, the first process's first. */
export function usersOf(processes: readonly ProcessRights[]): readonly User[] {
  const users = processes.map(({ uids, gids, groups }) => ({ uid: uids[1] ?? 0, gid: gids[1] ?? 0, groups }));
  return users.filter(
    (user, index) => users.findIndex(({ uid, gid }) => uid === user.uid && gid === user.gid) === index,
  );
}

/** `undefined` when it has ended. @see {@link https://man7.org/linux/man-pages/man5/proc_pid_status.5.html} */
export async function rightsOf(pid: number): Promise<ProcessRights | undefined> {
  try {
    const [status, uids, gids] = await Promise.all(
      ["status", "uid_map", "gid_map"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8")),
    );
    return parseRights(pid, status ?? "", { uids: uids ?? "", gids: gids ?? "" });
  } catch {
    return undefined;
  }
}

/** Of a process that was asked in its own user namespace. */
const AS_THEY_ARE = { uids: "0 0 4294967295", gids: "0 0 4294967295" };

/** @param status the text of `/proc/PID/status` @param maps of its user namespace, as this one has them */
export function parseRights(
  pid: number,
  status: string,
  maps: { readonly uids: string; readonly gids: string } = AS_THEY_ARE,
): ProcessRights {
  const words = (key: string): readonly string[] =>
    (new RegExp(`^${key}:[ \\t]*(.*)$`, "m").exec(status)?.[1] ?? "")
      .split(/\s+/)
      .filter((word) => word !== "");
  const ids = (key: string, map: string): readonly number[] =>
    words(key).map((id) => inside(Number(id), map));
  return {
    pid,
    name: words("Name").join(" "),
    uids: ids("Uid", maps.uids),
    gids: ids("Gid", maps.gids),
    groups: ids("Groups", maps.gids),
    noNewPrivileges: words("NoNewPrivs")[0] === "1",
    capabilities: ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map((key) =>
      BigInt(`0x${words(key)[0] ?? "0"}`),
    ),
    isFiltered: words("Seccomp")[0] === "2",
  };
}

/** The number that a user namespace gives to one of the host's; the overflow id where it gives none. */
function inside(id: number, map: string): number {
  for (const line of map.trim().split("\n")) {
    const [first = 0, host = 0, count = 0] = line.trim().split(/\s+/).map(Number);
    if (id >= host && id < host + count) return first + id - host;
  }
  return 65_534;
}

/** What it executes, as a path in its own root; `undefined` when it has ended or may not be looked at. */
export async function programOf(pid: number): Promise<string | undefined> {
  const path = await readlink(`/proc/${pid}/exe`).catch(() => undefined);
  return path?.replace(/ \(deleted\)$/, "");
}

/** Names and values of its environment, and its command line; `undefined` when it has ended or may not be looked at. */
export async function startedWith(
  pid: number,
): Promise<
  { readonly environment: readonly (readonly [string, string])[]; readonly commandLine: string } | undefined
> {
  try {
    const [environment, commandLine] = await Promise.all(
      ["environ", "cmdline"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8")),
    );
    return {
      environment: (environment ?? "").split("\0").flatMap((pair) => {
        const sign = pair.indexOf("=");
        return sign === -1 ? [] : [[pair.slice(0, sign), pair.slice(sign + 1)] as const];
      }),
      commandLine: (commandLine ?? "").replaceAll("\0", " "),
    };
  } catch {
    return undefined;
  }
}
