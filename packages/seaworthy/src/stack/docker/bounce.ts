/** Ends a service's first process as asked and starts it again: an engine does not restart what was stopped by hand. */
import { setTimeout as delay } from "node:timers/promises";
import type { ContainerDetails } from "../../engine/docker/api-types.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import { isFault } from "../../engine/docker/engine-fault.ts";
import { exitStatus } from "../../engine/docker/running.ts";
import type { Stopped } from "../stack-runtime.ts";
import { DEPENDS_ON, readDependencies, serviceNameOf } from "./labels.ts";
import { isLive } from "./service-state.ts";
import { projectContainers, serviceContainer } from "./snapshot.ts";
import { dependentsOf } from "./stop.ts";

const DEFAULT_GRACE = 10_000;

/** @returns `undefined` when it did not run */
export async function bounceService(
  client: DockerClient,
  project: string,
  service: string,
): Promise<Stopped | undefined> {
  const container = await serviceContainer(client, project, service);
  const stopped = await endContainer(client, container);
  if (stopped !== undefined) await startAgain(client, container.Id);
  return stopped;
}

/** Podman starts what was killed by its restart policy, too, and may be faster. */
async function startAgain(client: DockerClient, id: string): Promise<void> {
  try {
    await client.containers.start(id);
  } catch (error) {
    if (!isFault(error, "docker/conflict")) throw error;
    if (!isLive((await client.containers.inspect(id)).State.Status)) throw error;
  }
}

/** Sends the stop signal, waits at most the container's grace, and kills what is late. @returns `undefined` when it did not run */
export async function endContainer(
  client: DockerClient,
  { Id, State, Config }: ContainerDetails,
): Promise<Stopped | undefined> {
  if (!isLive(State.Status)) return undefined;
  const waiting = new AbortController();
  const { StopSignal = "SIGTERM", StopTimeout } = Config as StopConfig;
  const grace = StopTimeout === undefined ? DEFAULT_GRACE : StopTimeout * 1000;
  const ended = client.containers.wait(Id, { until: "next-exit", signal: waiting.signal });
  // Asked for before the signal is sent, and only awaited after.
  ended.catch(() => undefined);
  const began = performance.now();
  try {
    await kill(client, Id, StopSignal);
    const timer = new AbortController();
    const patience = delay(grace, "late" as const, { signal: timer.signal }).catch(() => "ended" as const);
    const late = (await Promise.race([ended, patience])) === "late";
    timer.abort();
    const took = performance.now() - began;
    if (late) await kill(client, Id, "SIGKILL");
    return { ...exitStatus((await ended).code), took, late };
  } finally {
    waiting.abort();
  }
}

interface StopConfig {
  readonly StopSignal?: string;
  /** In seconds. */
  readonly StopTimeout?: number;
}

async function kill(client: DockerClient, id: string, signal: string): Promise<void> {
  try {
    await client.containers.kill(id, signal);
  } catch (error) {
    // It has ended by itself.
    if (!isFault(error, "docker/conflict")) throw error;
  }
}

/** With those that are to be started again with it (`depends_on` with `restart: true`). */
export async function restartService(client: DockerClient, project: string, service: string): Promise<void> {
  const container = await serviceContainer(client, project, service);
  await client.containers.restart(container.Id);
  for (const other of dependentsOf(container, await projectContainers(client, project))) {
    if (restartsWith(other, service)) await client.containers.restart(other.Id);
  }
}

function restartsWith({ Config }: ContainerDetails, service: string): boolean {
  const labels = Config.Labels ?? {};
  return (
    serviceNameOf(labels) !== undefined &&
    readDependencies(labels[DEPENDS_ON]).some((one) => one.service === service && one.restart)
  );
}
