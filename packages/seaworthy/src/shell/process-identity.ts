/** Names a process for good: its number is reused after its end, its number and start time together are not. */
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { errnoOf } from "../fault/errno.ts";

export interface ProcessIdentity {
  readonly pid: number;
  /** In clock ticks since boot: field 22 of `/proc/<pid>/stat` (proc(5)). */
  readonly startTime: string;
}

/** `undefined` when there is no such process, or only its zombie. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The program's name, in parentheses, may hold anything; the rest is plain fields from the state on.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, startTime] = [fields[0], fields[19]];
    return startTime === undefined || state === "Z" || state === "X" ? undefined : { pid, startTime };
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ESRCH") return undefined;
    throw error;
  }
}

export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(identity.pid))?.startTime === identity.startTime;
}

/** Kills exactly this process, and waits until it is gone or `patience` milliseconds have passed. */
export async function killProcess(identity: ProcessIdentity, patience = 5_000): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (await isRunning(identity)) {
    signalProcess(identity.pid, "SIGKILL");
    if (Date.now() > deadline) return false;
    await delay(10);
  }
  return true;
}

/** Sends a signal; a process that has ended in the meantime is not an error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}
