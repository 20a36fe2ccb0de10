/** What the services of a stack have printed, and with `follow` what they go on to print until the stack is down. */
import { setTimeout as delay } from "node:timers/promises";
import { Fault } from "../../fault/fault.ts";
import type { LogOptions, ServiceLogLine } from "../stack-runtime.ts";
import { type LogCursor, logCursor } from "./follow-log.ts";
import { readLog } from "./log-file.ts";
import { readStack } from "./stack.ts";
import { logFile, stackPlaces } from "./stack-places.ts";
import { readState } from "./state-file.ts";

/** How often a followed log is looked at, in milliseconds. */
const PAUSE = 150;

/**
 * In the order of their times; what is followed, in the order in which it comes.
 * @throws Fault `stack/unknown-service`
 */
export async function* stackLogs(
  runRoot: string,
  project: string,
  options: LogOptions,
): AsyncGenerator<ServiceLogLine> {
  const places = stackPlaces(runRoot, project);
  const known = (await readState(places.state))?.services.map(({ name }) => name) ?? [];
  const services = options.services ?? known;
  const stranger = services.find((name) => !known.includes(name));
  if (stranger !== undefined && known.length > 0) throw unknownService(project, stranger, known);
  const cursors = new Map<string, LogCursor>();
  try {
    // Before what is there is read, so that no line falls between.
    if (options.follow)
      for (const name of services) cursors.set(name, await logCursor(logFile(places, name), true));
    yield* await written(places, services, options);
    while (options.follow && options.signal?.aborted !== true) {
      const isUp = (await readStack(project, { runRoot })) !== undefined;
      for (const [service, cursor] of cursors)
        for (const line of await cursor.read()) yield { ...line, service };
      if (!isUp) return;
      await delay(PAUSE, undefined, { signal: options.signal }).catch(() => undefined);
    }
  } finally {
    for (const cursor of cursors.values()) await cursor[Symbol.asyncDispose]();
  }
}

async function written(
  places: ReturnType<typeof stackPlaces>,
  services: readonly string[],
  { since, tail }: LogOptions,
): Promise<readonly ServiceLogLine[]> {
  const each = await Promise.all(
    services.map(async (service) => {
      const lines = (await readLog(logFile(places, service))).filter(
        ({ time }) => since === undefined || new Date(time) >= since,
      );
      const last = tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail));
      return last.map((line) => ({ ...line, service }));
    }),
  );
  return each.flat().toSorted((a, b) => a.time.localeCompare(b.time));
}

function unknownService(project: string, found: string, known: readonly string[]): Fault {
  return new Fault({
    code: "stack/unknown-service",
    message: `expected a service of "${project}" (${known.join(", ")}), found "${found}"`,
  });
}
