/** `logs`: what the services of a stack printed, and with `follow` what they go on to print. */
import type { LogOptions, ServiceLogLine } from "../stack/stack-runtime.ts";
import { openRuntime } from "./running-stack.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export interface LogsOptions extends ProjectOptions, Omit<LogOptions, "signal"> {}

export interface Logs {
  /** Whose lines may come. */
  readonly services: readonly string[];
  readonly lines: AsyncIterable<ServiceLogLine>;
}

/** @throws Fault `stack/unknown-service`, when the lines are read */
export async function logs(
  { services, tail, since, follow, ...options }: LogsOptions,
  io: VerbIo,
): Promise<Logs> {
  const { project, runtime } = await openRuntime(options, io);
  const { name } = project.compose;
  return {
    services: services ?? [...project.compose.services.keys()],
    lines: runtime.logs(name, { services, tail, since, follow, signal: io.signal }),
  };
}
