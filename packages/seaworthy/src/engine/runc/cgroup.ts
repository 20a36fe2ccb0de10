/** Looks after control groups by path, alike for v1, v2 and both at once: who is in them, what they counted, their removal. */
import { readdir, readFile, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errnoOf } from "../../fault/errno.ts";
import { signalProcess } from "../../shell/process-identity.ts";

/** Where the hierarchies are mounted: one folder with v2, one per controller with v1, both kinds on a hybrid. */
export function hierarchies(mountinfo: string): readonly string[] {
  const roots = mountinfo.split("\n").flatMap((line) => {
    const [before, after] = line.split(" - ");
    const isCgroup = after?.startsWith("cgroup ") === true || after?.startsWith("cgroup2 ") === true;
    const root = before?.split(" ")[4];
    return isCgroup && root !== undefined ? [root] : [];
  });
  return [...new Set(roots)];
}

/** The group in every hierarchy, whether it is there or not. */
export async function foldersOf(path: string): Promise<readonly string[]> {
  const roots = hierarchies(await readFile("/proc/self/mountinfo", "utf8"));
  return roots.map((root) => join(root, path));
}

/** The processes in the group and in those below it, in any hierarchy. */
export async function cgroupProcesses(path: string): Promise<readonly number[]> {
  const pids = new Set<number>();
  for (const top of await foldersOf(path)) {
    for (const folder of await below(top)) {
      const text = await readIfThere(join(folder, "cgroup.procs"));
      // 0 stands for a process of another pid namespace, which we could not signal.
      for (const pid of text.split("\n").map(Number)) if (pid > 0) pids.add(pid);
    }
  }
  return [...pids];
}

/** Kills all processes of the group, also those that are being born, for at most `patience` milliseconds. */
export async function killCgroup(path: string, patience = 5_000): Promise<boolean> {
  const deadline = Date.now() + patience;
  for (;;) {
    const pids = await cgroupProcesses(path);
    if (pids.length === 0) return true;
    if (Date.now() > deadline) return false;
    for (const pid of pids) signalProcess(pid, "SIGKILL");
    await delay(10);
  }
}

/** Removes the group and those below it. Kills nothing. */
export async function removeCgroup(path: string): Promise<void> {
  for (const top of await foldersOf(path)) {
    for (const folder of (await below(top)).reverse()) await removeFolder(folder, 50);
  }
}

/** Removes the groups above, from the nearest up, as far as nobody uses them. */
export async function removeEmptyParents(path: string): Promise<void> {
  for (let parent = dirname(path); parent !== "/"; parent = dirname(parent)) {
    for (const folder of await foldersOf(parent)) await removeFolder(folder, 1);
  }
}

/** How many processes of the group the kernel has killed for want of memory. */
export async function outOfMemoryKills(path: string): Promise<number> {
  let kills = 0;
  for (const folder of await foldersOf(path)) {
    for (const file of ["memory.events", "memory.oom_control"]) {
      const count = /^oom_kill (\d+)$/m.exec(await readIfThere(join(folder, file)))?.[1];
      kills += Number(count ?? 0);
    }
  }
  return kills;
}

/** The folder and all below it, parents first; nothing when it is not there. */
async function below(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const children = entries.filter((entry) => entry.isDirectory());
    const nested = await Promise.all(children.map((child) => below(join(folder, child.name))));
    return [folder, ...nested.flat()];
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENODEV") return [];
    throw error;
  }
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENODEV", "EOPNOTSUPP"].includes(errnoOf(error) ?? "")) return "";
    throw error;
  }
}

/** A group stays busy for a moment after its last process has gone. */
async function removeFolder(folder: string, tries: number): Promise<void> {
  for (let left = tries; left > 0; left -= 1) {
    try {
      await rmdir(folder);
      return;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === "ENOENT") return;
      if (errno !== "EBUSY" && errno !== "ENOTEMPTY") throw error;
      if (left > 1) await delay(10);
    }
  }
}
