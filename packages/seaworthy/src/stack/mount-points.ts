/** The mounts of a process as its kernel lists them. */
import { readFile, readlink } from "node:fs/promises";
import { posix } from "node:path";

export interface MountPoint {
  /** Absolute, as the process sees it. */
  readonly path: string;
  readonly isWritable: boolean;
}

/**
 * Each once: of several at one path the last is seen. Fields 5 and 6 are the place and the options of the mount itself.
 * @param table the text of `/proc/PID/mountinfo`
 * @see {@link https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html}
 */
export function parseMounts(table: string): readonly MountPoint[] {
  const mounts = new Map<string, MountPoint>();
  for (const line of table.split("\n")) {
    const [, , , , place, options] = line.split(" ");
    if (place === undefined || options === undefined) continue;
    const path = place.replaceAll(/\\([0-7]{3})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    );
    mounts.set(path, { path, isWritable: options.split(",").includes("rw") });
  }
  return [...mounts.values()];
}

/** `undefined` when the process has ended, or may not be looked at. */
export async function mountsOf(pid: number): Promise<readonly MountPoint[] | undefined> {
  const table = await readFile(`/proc/${pid}/mountinfo`, "utf8").catch(() => undefined);
  return table === undefined ? undefined : parseMounts(table);
}

/** As many links as the kernel follows. */
const MOST_LINKS = 40;

/** Where a path of the process's really is: folders above it may be links, as `/var/run` is. */
export async function realPathOf(pid: number, path: string): Promise<string> {
  const root = `/proc/${pid}/root`;
  let left = posix.resolve("/", path).split("/").slice(1);
  let real = "/";
  for (let links = 0; left.length > 0; ) {
    const [name = "", ...rest] = left;
    const next = posix.join(real, name);
    const target = await readlink(root + next).catch(() => undefined);
    if (target === undefined) {
      real = next;
      left = rest;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) return path;
    left = [...posix.resolve(real, target).split("/").slice(1), ...rest].filter((one) => one !== "");
    real = "/";
  }
  return real;
}
