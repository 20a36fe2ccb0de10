/** Reads a tracer's log: which system calls were made, and how often. */
import { open } from "node:fs/promises";
import { isMissing } from "../fault/errno.ts";
import { allowsCall } from "../posture/seccomp/portable.ts";
import type { SeccompProfile } from "../posture/seccomp/profile.ts";

/** By name. */
export type Calls = ReadonlyMap<string, number>;

/** Newer than the tracer, which knows them by number only; the same number on every processor. @see the kernel's scripts/syscall.tbl */
const NEWER: Readonly<Record<number, string>> = {
  451: "cachestat",
  452: "fchmodat2",
  453: "map_shadow_stack",
  454: "futex_wake",
  455: "futex_wait",
  456: "futex_requeue",
  457: "statmount",
  458: "listmount",
  459: "lsm_get_self_attr",
  460: "lsm_set_self_attr",
  461: "lsm_list_modules",
  462: "mseal",
  463: "setxattrat",
  464: "getxattrat",
  465: "listxattrat",
  466: "removexattrat",
  467: "open_tree_attr",
};

/** @param file none is none: a service that was never started makes no call */
export async function readCalls(file: string): Promise<Calls> {
  const calls = new Map<string, number>();
  try {
    await using log = await open(file);
    for await (const line of log.readLines()) {
      const name = callOf(line);
      if (name !== undefined) calls.set(name, (calls.get(name) ?? 0) + 1);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return calls;
}

/** `7     openat(0xffffff9c, ...) = 3`; a line that goes on with an earlier one counts once. */
export function callOf(line: string): string | undefined {
  const [, name] = /^\d+ +([a-z_]\w*)\(/.exec(line) ?? [];
  const [, number] = /^syscall_0x([0-9a-f]+)$/.exec(name ?? "") ?? [];
  return number === undefined ? name : NEWER[Number.parseInt(number, 16)];
}

export function union(...all: readonly Calls[]): Calls {
  const calls = new Map<string, number>();
  for (const [name, count] of all.flatMap((one) => [...one])) calls.set(name, (calls.get(name) ?? 0) + count);
  return calls;
}

/** Those that a profile refuses. What the posture refuses as well is missed by nobody: the service works without it. */
export function refusedBy(profile: SeccompProfile, calls: Calls, base: SeccompProfile): Calls {
  return new Map([...calls].filter(([name]) => !allowsCall(profile, name) && allowsCall(base, name)));
}

/** `app 66 calls, db 80 calls`. */
export function counts(calls: ReadonlyMap<string, Calls>): string {
  return [...calls].map(([name, { size }]) => `${name} ${size} calls`).join(", ");
}
