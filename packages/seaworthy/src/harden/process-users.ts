/** Whom the processes of a container really run as, read from `/proc` of this machine. */
import { readFile } from "node:fs/promises";
import type { User } from "../engine/container.ts";
import { processTree } from "../net/listeners.ts";

/**
 * Of the first process and all that came from it; a health check, which the engine starts beside it, is not among them.
 * Each user once, the first process's first. Empty when it has ended.
 * @param first as this machine numbers it
 */
export async function processUsers(first: number): Promise<readonly User[]> {
  const users = await Promise.all((await processTree(first)).map(userOf));
  return distinct(users.flatMap((user) => user ?? []));
}

async function userOf(pid: number): Promise<User | undefined> {
  // It may end while it is looked at.
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => undefined);
  return text === undefined ? undefined : parseStatus(text);
}

/** The effective ids. @see {@link https://man7.org/linux/man-pages/man5/proc_pid_status.5.html} */
export function parseStatus(text: string): User | undefined {
  const numbers = (key: string): readonly number[] => {
    const line = new RegExp(`^${key}:[ \\t]*(.*)$`, "m").exec(text)?.[1] ?? "";
    return line
      .split(/\s+/)
      .filter((word) => word !== "")
      .map(Number);
  };
  const [, uid] = numbers("Uid");
  const [, gid] = numbers("Gid");
  return uid === undefined || gid === undefined ? undefined : { uid, gid, groups: numbers("Groups") };
}

function distinct(users: readonly User[]): readonly User[] {
  return users.filter(
    (user, index) => users.findIndex(({ uid, gid }) => uid === user.uid && gid === user.gid) === index,
  );
}
