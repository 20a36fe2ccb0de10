/** Leaves a service processes whose parent is gone: it is for the service's first process to take note that they have ended. */
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { BindMount } from "../engine/container.ts";
import type { ExecResult } from "../engine/engine.ts";
import { identifyProcess, isRunning } from "../shell/process-identity.ts";
import { batchOf, resultsOf } from "../trampoline/batch.ts";
import type { SyscallName } from "../trampoline/syscalls.ts";
import { TRAMPOLINE_X64 } from "../trampoline/trampoline-x64.ts";

/** Few: one that stays counts against the limit of processes until its container ends. */
const COUNT = 3;
/** Each ends at once, unasked for, and is inherited by the first process when their parent ends. */
const CALLS: readonly SyscallName[] = Array.from({ length: COUNT }, () => "vfork");
const INTERVAL = 20;

/** The program that leaves them, where the container has it. Its name is like no other on this machine. */
export type OrphanMaker = BindMount;

/** @param folder on the host, absolute, existing; it must stay for as long as the container is started */
export async function orphanMaker(folder: string): Promise<OrphanMaker> {
  // The kernel keeps 15 bytes of a program's name.
  const name = `.orphan-${randomBytes(3).toString("hex")}`;
  const source = join(await mkdtemp(join(folder, "orphans-")), name);
  await writeFile(source, TRAMPOLINE_X64);
  // For the service's user, whatever our own umask.
  await chmod(source, 0o755);
  return { kind: "bind", source, target: `/${name}`, readOnly: true };
}

export interface Orphans {
  /** How many there were. */
  readonly made: number;
  /** How many are zombies still. */
  readonly left: number;
  /** How long it was looked at them, in milliseconds. */
  readonly took: number;
}

/** None could be made, and what was said. `isForbidden`: by the container's own filter, for whatever it starts. */
export interface NoOrphans {
  readonly isForbidden: boolean;
  readonly saw: string;
}

/** A container of this machine. */
export interface Family {
  /** Its first process, as this machine numbers it; `undefined` when it does not run. */
  readonly first: number | undefined;
  /** Runs a second process in it. */
  exec(argv: readonly string[], stdin: Uint8Array): Promise<ExecResult>;
}

/**
 * Returns as soon as none is left, or when the patience is over.
 * @param patience in milliseconds
 */
export async function leaveOrphans(
  { first, exec }: Family,
  { target }: OrphanMaker,
  patience: number,
  signal?: AbortSignal,
): Promise<Orphans | NoOrphans> {
  const identity = first === undefined ? undefined : await identifyProcess(first);
  if (identity === undefined) return { isForbidden: false, saw: "it does not run" };
  const { code, stdout, stderr } = await exec([target], batchOf(CALLS));
  const results = resultsOf(stdout);
  const failed = results.find(({ errno }) => errno !== undefined)?.errno;
  if (failed !== undefined)
    return { isForbidden: failed === "EPERM" || failed === "ENOSYS", saw: `vfork: ${failed}` };
  if (code !== 0 || results.length !== COUNT) {
    const said = Buffer.from(stderr).toString("utf8").trim();
    return { isForbidden: false, saw: said === "" ? `ended with ${code ?? "a signal"}` : said };
  }
  const began = Date.now();
  for (;;) {
    const left = await zombiesOf(target.slice(1));
    const took = Date.now() - began;
    // With the first process all others end, and the kernel itself takes note of them.
    if (!(await isRunning(identity))) return { isForbidden: false, saw: "the first process ended meanwhile" };
    if (left === 0 || took >= patience) return { made: COUNT, left, took };
    signal?.throwIfAborted();
    await delay(INTERVAL);
  }
}

/** By the name that they have from their parent: of a zombie the kernel shows little more. */
async function zombiesOf(name: string): Promise<number> {
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")));
  return stats.filter((stat) => stat.includes(` (${name}) Z `)).length;
}
