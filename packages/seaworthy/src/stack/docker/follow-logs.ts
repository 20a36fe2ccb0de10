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
  last: bigint;
  /** How many lines had that time: Podman says whole seconds, which many lines share. */
  atLast: number;
  isOpen: boolean;
}

function isAfter(one: Reading, other: Reading): boolean {
  return one.last > other.last || (one.last === other.last && one.atLast > other.atLast);
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
    const reading: Reading = { run: container.State.StartedAt, last: -1n, atLast: 0, isOpen: true };
    readings.set(container.Id, reading);
    // From the second of the last line: what was read of it is passed over.
    const from =
      before === undefined ? toEngineOptions(options) : { since: Number(before.last / 1_000_000_000n) };
    try {
      for await (const line of containerLines(client, container, service, {
        ...from,
        follow: true,
        signal,
      })) {
        const instant = instantOf(line.time);
        if (instant !== reading.last) reading.atLast = 0;
        reading.last = instant;
        reading.atLast += 1;
        if (before === undefined || isAfter(reading, before)) await lines.send(line);
      }
    } catch {
      // A container that was removed, or an engine that has gone: the watch finds out which.
    }
    // Nothing new came.
    if (before !== undefined && !isAfter(reading, before)) {
      reading.last = before.last;
      reading.atLast = before.atLast;
    }
    reading.isOpen = false;
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
