/** `stats`: what each service of the running stack uses right now. */
import { setTimeout as delay } from "node:timers/promises";
import type { ServiceStats } from "../stack/stack-runtime.ts";
import { openRuntime } from "./running-stack.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export interface ServiceUsage extends ServiceStats {
  /** Of one core: 1.5 is one and a half; over the last half second. */
  readonly cpus: number;
}

const INTERVAL = 500;

export async function stats(options: ProjectOptions, io: VerbIo): Promise<readonly ServiceUsage[]> {
  const { project, runtime } = await openRuntime(options, io);
  const { name } = project.compose;
  const before = new Map((await runtime.stats(name)).map((one) => [one.service, one.cpuTime]));
  const began = performance.now();
  await delay(INTERVAL, undefined, { signal: io.signal });
  const after = await runtime.stats(name);
  const passed = performance.now() - began;
  return after.map((one) => ({
    ...one,
    cpus: Math.max(0, one.cpuTime - (before.get(one.service) ?? one.cpuTime)) / passed,
  }));
}
