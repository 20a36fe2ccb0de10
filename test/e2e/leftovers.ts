/** What a stack could leave on a machine: processes, mounts, network namespaces, cgroups. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

export interface Leftovers {
  readonly processes: readonly string[];
  readonly mounts: readonly string[];
  readonly cgroups: readonly string[];
  readonly networkNamespaces: readonly string[];
}

/**
 * @param runDirectory what marks a process or a mount as the stack's: its run directory stands in its command line or mount
 */
export function leftovers(runDirectory: string, project: string): Leftovers {
  const processes: string[] = [];
  const networks = new Set<string>();
  const own = readlinkSync("/proc/self/ns/net");
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const cgroup = readFileSync(`/proc/${pid}/cgroup`, "utf8");
      // One that was killed waits for the machine's first process to take note.
      if (/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))) continue;
      if (!command.includes(runDirectory) && !cgroup.includes(`/seaworthy/${project}`)) continue;
      processes.push(`${pid} ${command}`);
      const network = readlinkSync(`/proc/${pid}/ns/net`);
      if (network !== own) networks.add(network);
    } catch {
      // The process has ended between two reads.
    }
  }
  return {
    processes,
    mounts: readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => line.includes(runDirectory)),
    cgroups: cgroupsOf(project),
    networkNamespaces: [...networks],
  };
}

export const NOTHING: Leftovers = { processes: [], mounts: [], cgroups: [], networkNamespaces: [] };

/** The stack's cgroups in every hierarchy: `/sys/fs/cgroup/seaworthy/...` (v2), `/sys/fs/cgroup/<controller>/seaworthy/...` (v1). */
function cgroupsOf(project: string): string[] {
  const root = "/sys/fs/cgroup";
  const hierarchies = [root, ...readdirSync(root).map((name) => join(root, name))];
  return hierarchies.flatMap((hierarchy) => {
    try {
      return readdirSync(join(hierarchy, "seaworthy"))
        .filter((name) => name.startsWith(project))
        .map((name) => join(hierarchy, "seaworthy", name));
    } catch {
      return [];
    }
  });
}
