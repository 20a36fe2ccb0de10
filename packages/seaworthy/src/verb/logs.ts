/** `logs`: what the services of a running stack printed. */
import { Fault } from "../fault/fault.ts";
import { type LogLine, readLog } from "../stack/log-file.ts";
import { logFile, stackPlaces } from "../stack/stack-spec.ts";
import { openProject } from "./project.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export interface LogsOptions extends ProjectOptions {
  readonly service?: string | undefined;
  /** Lines from the end of each service's log; all of what is kept when left out. */
  readonly tail?: number | undefined;
}

export interface ServiceLogLine extends LogLine {
  readonly service: string;
}

/** In the order of their times. */
export async function logs(options: LogsOptions, io: VerbIo): Promise<readonly ServiceLogLine[]> {
  const { compose, directories } = await openProject(options, io);
  const places = stackPlaces(directories.run, compose.name);
  const names = [...compose.services.keys()];
  if (options.service !== undefined && !names.includes(options.service)) {
    throw new Fault({
      code: "logs/service",
      message: `expected one of the services ${names.join(", ")}, found "${options.service}"`,
    });
  }
  const lines: ServiceLogLine[] = [];
  for (const service of options.service === undefined ? names : [options.service]) {
    const all = await readLog(logFile(places, service));
    const wanted = options.tail === undefined ? all : all.slice(Math.max(0, all.length - options.tail));
    lines.push(...wanted.map((line) => ({ ...line, service })));
  }
  return lines.toSorted((a, b) => a.time.localeCompare(b.time));
}
