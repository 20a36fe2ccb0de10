/** The processes of a container, found without trusting any of them: by control group, or without root by what they have mounted. */
import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { signalProcess } from "../../shell/process-identity.ts";
import { cgroupProcesses, killCgroup } from "./cgroup.ts";
import { isRootless } from "./rootless.ts";

export interface Members {
  processes(): Promise<readonly number[]>;
  /** False when some are still there after five seconds. */
  kill(): Promise<boolean>;
}

/** @param bundle whose last part, the container's id, is like no other on this machine */
export function membersOf(bundle: string, cgroup: string): Members {
  if (!isRootless()) {
    return { processes: () => cgroupProcesses(cgroup), kill: () => killCgroup(cgroup) };
  }
  const processes = (): Promise<readonly number[]> => processesThatMount(basename(bundle));
  return { processes, kill: () => killAll(processes, 5_000) };
}

/** Every process of a container sees its name files, which are mounted from its bundle. */
async function processesThatMount(id: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // Others' processes, and those that are gone by now, cannot be read.
      const mounts = await readFile(`/proc/${pid}/mountinfo`, "utf8").catch(() => "");
      return mounts.includes(`/${id}/`) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

async function killAll(processes: Members["processes"], patience: number): Promise<boolean> {
  const deadline = Date.now() + patience;
  for (;;) {
    const pids = await processes();
    if (pids.length === 0) return true;
    if (Date.now() > deadline) return false;
    for (const pid of pids) signalProcess(pid, "SIGKILL");
    await delay(10);
  }
}
