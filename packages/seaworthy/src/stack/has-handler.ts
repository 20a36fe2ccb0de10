/** Whether a process has said what it does on a signal, as the kernel of this machine knows it. */
import { readFile } from "node:fs/promises";
import { constants } from "node:os";
import type { Container } from "../engine/container.ts";

/**
 * Whether the service itself has said what it does on its stop signal. An init that was asked for stands in front of it: that one
 * hears every signal from the start, passes it on to the one child that it made, and tells nothing of the service.
 * @param first the container's first process, as this machine numbers it
 */
export async function hearsStop(
  first: number,
  { stopSignal, extras }: Pick<Container, "stopSignal" | "extras">,
): Promise<boolean> {
  const pid = extras?.init === true ? await firstChild(first) : first;
  return pid !== undefined && (await hasHandler(pid, stopSignal));
}

/** Orphans that it took over come after its own. */
async function firstChild(pid: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const [first = ""] = children.split(" ");
  return first === "" ? undefined : Number(first);
}

/**
 * A signal that is blocked counts: whoever blocks one waits for it by other means, as sigwait(3) and signalfd(2) are.
 * @param pid as this machine numbers it
 * @param signal `SIGTERM`
 * @returns `false` also when the process has ended, or the signal has no name on this system
 * @see {@link https://man7.org/linux/man-pages/man5/proc_pid_status.5.html} SigCgt, SigBlk
 */
export async function hasHandler(pid: number, signal: string): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const numbers: Readonly<Record<string, number>> = constants.signals;
  const number = numbers[signal];
  if (number === undefined) return false;
  return ["SigCgt", "SigBlk"].some((set) => isIn(status, set, number));
}

function isIn(status: string, set: string, number: number): boolean {
  const mask = new RegExp(`^${set}:\\s*([0-9a-f]+)$`, "m").exec(status)?.[1];
  return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(number - 1)) & 1n) === 1n;
}
