/** Follows the containers of a project: by the engine's events, and by looking again for what has no event. */
import { setTimeout as delay } from "node:timers/promises";
import type { ContainerDetails, EngineEvent } from "../../engine/docker/api-types.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import { ofProject } from "./labels.ts";
import { projectContainers } from "./snapshot.ts";

export interface Watch extends Disposable {
  /** Looks now. Calls while one looks are answered by one more look. */
  refresh(): Promise<void>;
  /** Why nobody watches any more: the engine has gone, or the watch was disposed of. */
  lost(): Error | undefined;
}

export interface WatchOptions {
  readonly onLook: (containers: readonly ContainerDetails[]) => void;
  readonly onLost: () => void;
}

/** Milliseconds between looks: results of a health check that change nothing have no event. */
const LOOK_AGAIN = 2_000;
/** Times to look for an engine that does not answer, with {@link PAUSE} milliseconds in between, before it is given up. */
const MOST_TRIES = 10;
const PAUSE = 500;
/** What the health checks and our own questions cause; nothing of a container's state is in it. */
const NOISE = /^(exec_|top$|attach$|archive-path$|extract-to-dir$|resize$|copy$)/;

export function watchProject(client: DockerClient, project: string, options: WatchOptions): Watch {
  const ending = new AbortController();
  const { signal } = ending;
  let lost: Error | undefined;
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function look(): Promise<void> {
    const containers = await projectContainers(client, project, signal);
    if (!signal.aborted) options.onLook(containers);
  }

  function refresh(): Promise<void> {
    if (current === undefined) {
      current = look().finally(() => (current = undefined));
      return current;
    }
    next ??= current
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return refresh();
      });
    return next;
  }

  async function follow(round: AbortSignal): Promise<void> {
    const filters = { type: ["container"], ...ofProject(project) };
    for await (const event of client.events({ filters, signal: round })) if (!isNoise(event)) await refresh();
  }

  async function lookAgain(round: AbortSignal): Promise<void> {
    for (;;) {
      await refresh();
      await delay(LOOK_AGAIN, undefined, { signal: round });
    }
  }

  /** Either of the two ends when the engine does not answer. An engine that is back soon is followed again. */
  async function watch(): Promise<void> {
    let reason: unknown;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const began = Date.now();
      const ended = new AbortController();
      const round = AbortSignal.any([signal, ended.signal]);
      try {
        await Promise.race([follow(round), lookAgain(round)]);
      } catch (error) {
        reason = error;
      } finally {
        ended.abort();
      }
      if (Date.now() - began > LOOK_AGAIN) tries = 0;
      await delay(PAUSE, undefined, { signal });
    }
    lost = reason instanceof Error ? reason : new Error("the engine ended its report of events");
    options.onLost();
  }

  const stop = (): void => {
    lost ??= new Error("it is no longer watched");
    ending.abort();
  };
  // Rejects only when it is stopped.
  watch().catch(() => undefined);
  return { refresh, lost: () => lost, [Symbol.dispose]: stop };
}

function isNoise({ Action }: EngineEvent): boolean {
  return NOISE.test(Action);
}
