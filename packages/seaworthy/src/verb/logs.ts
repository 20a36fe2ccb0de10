/** `logs`: what the services of a stack printed, and with `follow` what they go on to print. */
import type { ServiceLogLine } from "../stack/stack-runtime.ts";
import { openRuntime } from "./running-stack.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export interface LogsOptions extends ProjectOptions {
  readonly service?: string | undefined;
  /** Lines from the end of each service's log; all of what is kept when left out. */
  readonly tail?: number | undefined;
  /** Goes on until the stack is down, or the signal. */
  readonly follow: boolean;
}

/** @throws Fault `stack/unknown-service` */
export async function* logs(
  { service, tail, follow, ...options }: LogsOptions,
  io: VerbIo,
): AsyncGenerator<ServiceLogLine> {
  const { project, runtime } = await openRuntime(options, io);
  const services = service === undefined ? undefined : [service];
  yield* runtime.logs(project.compose.name, { services, tail, follow, signal: io.signal });
}
