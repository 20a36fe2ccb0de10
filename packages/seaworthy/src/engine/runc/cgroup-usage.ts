/** What a control group has used, from whichever version of control groups the machine has. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../../fault/errno.ts";
import { foldersOf } from "./cgroup.ts";

export interface Usage {
  /** CPU time, in milliseconds. */
  readonly cpuTime: number;
  /** In bytes, without file pages that the kernel would drop first. */
  readonly memory: number;
  readonly memoryLimit: number | undefined;
  readonly processes: number;
  readonly processLimit: number | undefined;
}

/** "No limit" of version 1 is the largest number of pages. */
const UNLIMITED = 2 ** 60;

/**
 * `undefined` when there is no such group.
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html and cgroup-v1/{memory,cpuacct,pids}
 */
export async function cgroupUsage(path: string): Promise<Usage | undefined> {
  const folders = await foldersOf(path);
  const read = async (...names: readonly string[]): Promise<string | undefined> => {
    for (const name of names) {
      for (const folder of folders) {
        const text = await readIfThere(join(folder, name));
        if (text !== undefined) return text.trim();
      }
    }
    return undefined;
  };
  const memory = await read("memory.current", "memory.usage_in_bytes");
  const processes = await read("pids.current");
  if (memory === undefined || processes === undefined) return undefined;
  const inactive = field(await read("memory.stat"), "total_inactive_file", "inactive_file");
  const microseconds = field(await read("cpu.stat"), "usage_usec");
  const nanoseconds = Number((await read("cpuacct.usage")) ?? 0);
  return {
    cpuTime: microseconds === 0 ? nanoseconds / 1e6 : microseconds / 1e3,
    memory: Math.max(0, Number(memory) - inactive),
    memoryLimit: limit(await read("memory.max", "memory.limit_in_bytes")),
    processes: Number(processes),
    processLimit: limit(await read("pids.max")),
  };
}

function field(text: string | undefined, ...names: readonly string[]): number {
  for (const name of names) {
    const found = new RegExp(`^${name} (\\d+)$`, "m").exec(text ?? "")?.[1];
    if (found !== undefined) return Number(found);
  }
  return 0;
}

function limit(text: string | undefined): number | undefined {
  const number = Number(text);
  return text === undefined || Number.isNaN(number) || number >= UNLIMITED ? undefined : number;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENODEV", "EOPNOTSUPP"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}
