/** `logs`: what the services of a running stack printed. */
import type { ServiceLogLine } from "../stack/stack-runtime.ts";
import { openRuntime } from "./running-stack.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export interface LogsOptions extends ProjectOptions {
  readonly service?: string | undefined;
  /** Lines from the end of each service's log; all of what is kept when left out. */
  readonly tail?: number | undefined;
}

export async function logs(options: LogsOptions, io: VerbIo): Promise<readonly ServiceLogLine[]> {
  const { project, runtime } = await openRuntime(options, io);
  const services = options.service === undefined ? undefined : [options.service];
  const lines: ServiceLogLine[] = [];
  for await (const line of runtime.logs(project.compose.name, {
    services,
    tail: options.tail,
    follow: false,
  }))
    lines.push(line);
  return lines;
}
