/** What the services of a project print, kept and coming, across restarts and new containers, until the project is down. */
import type { ContainerDetails } from "../../engine/docker/api-types.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import type { LogOptions, ServiceLogLine } from "../stack-runtime.ts";
import { type Channel, createChannel } from "./channel.ts";
import { instantOf } from "./log-lines.ts";
import { containerLines, serviceOf, toEngineOptions } from "./logs.ts";
import { isUp } from "./service-state.ts";
import { watchProject } from "./watch.ts";

/** How far a container's log was read. */
interface Reading {
  /** The run of its first process that was read last: a restart makes another one. */
  readonly run: string;
  /** The time of the last line. */
  last: string | undefined;
  /** In milliseconds since 1970, by our own clock. */
  ended: number;
  isOpen: boolean;
}

/** Right after the last line; after the end of reading when the engine's times are too coarse to tell lines apart. */
function resumeAfter(last: string, ended: number): { readonly since: number; readonly after: bigint } {
  if (!last.includes(".")) return { since: ended / 1000, after: -1n };
  const after = instantOf(last);
  return { since: Number(after / 1_000_000n - 1n) / 1000, after };
}

export async function* followLogs(
  client: DockerClient,
  project: string,
  options: Omit<LogOptions, "follow">,
): AsyncGenerator<ServiceLogLine> {
  const lines: Channel<ServiceLogLine> = createChannel();
  const readings = new Map<string, Reading>();
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, ...(options.signal === undefined ? [] : [options.signal])]);

  async function read(
    container: ContainerDetails,
    service: string,
    before: Reading | undefined,
  ): Promise<void> {
    const { last, ended = 0 } = before ?? {};
    const reading: Reading = { run: container.State.StartedAt, last, ended, isOpen: true };
    readings.set(container.Id, reading);
    const from = last === undefined ? { ...toEngineOptions(options), after: -1n } : resumeAfter(last, ended);
    const wanted = { ...from, follow: true, signal };
    try {
      for await (const line of containerLines(client, container, service, wanted)) {
        if (instantOf(line.time) <= from.after) continue;
        reading.last = line.time;
        await lines.send(line);
      }
    } catch {
      // A container that was removed, or an engine that has gone: the watch finds out which.
    }
    reading.isOpen = false;
    reading.ended = Date.now();
    await watch.refresh().catch(() => undefined);
  }

  function look(containers: readonly ContainerDetails[]): void {
    for (const one of containers) {
      const service = serviceOf(one, options.services);
      const before = readings.get(one.Id);
      const isRead = before?.isOpen === true || before?.run === one.State.StartedAt;
      if (service !== undefined && !isRead) void read(one, service, before);
    }
    const isReading = [...readings.values()].some(({ isOpen }) => isOpen);
    if (!isReading && !containers.some(isUp)) lines.close();
  }

  const watch = watchProject(client, project, {
    onLook: look,
    onLost: () => lines.close(watch.lost()),
  });
  const abort = (): void => lines.close();
  options.signal?.addEventListener("abort", abort, { once: true });
  try {
    yield* lines;
    options.signal?.throwIfAborted();
  } finally {
    options.signal?.removeEventListener("abort", abort);
    watch[Symbol.dispose]();
    ending.abort();
  }
}
