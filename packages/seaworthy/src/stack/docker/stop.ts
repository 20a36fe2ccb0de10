/** Ends a project, whoever started it and however far it came: containers in reverse order, networks, and volumes when asked. */
import { setTimeout as delay } from "node:timers/promises";
import type { ContainerDetails } from "../../engine/docker/api-types.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import { isFault } from "../../engine/docker/engine-fault.ts";
import { Fault } from "../../fault/fault.ts";
import { DEPENDS_ON, readDependencies, SERVICE } from "./labels.ts";
import { removeNetworks } from "./networks.ts";
import { isUp } from "./service-state.ts";
import { containersWith, projectContainers } from "./snapshot.ts";
import { removeVolumes } from "./volumes.ts";

export interface RemoveOptions {
  /** Full names. */
  readonly volumes?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** A start that goes on elsewhere may make containers while we remove others. */
const MOST_ROUNDS = 3;
/** Milliseconds for an engine to finish a removal that somebody else began. */
const REMOVAL = 10_000;

/**
 * @returns whether there was anything
 * @throws Fault `stack/network-in-use`, `stack/not-removed`, and those of the engine
 */
export async function removeProject(
  client: DockerClient,
  project: string,
  { volumes = [], signal }: RemoveOptions = {},
): Promise<boolean> {
  let found = false;
  for (let round = 0; ; round += 1) {
    const containers = await projectContainers(client, project, signal);
    if (containers.length === 0) break;
    if (round === MOST_ROUNDS) throw notRemoved(project, containers);
    found = true;
    await stopAll(client, containers, signal);
    await removeAll(client, containers, signal);
  }
  const networks = await removeNetworks(client, project, signal);
  await removeVolumes(client, volumes, signal);
  return found || networks > 0;
}

/** Each when nobody that depends on it runs any more; those that have nothing to do with each other at once. */
async function stopAll(
  client: DockerClient,
  containers: readonly ContainerDetails[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const ends = new Map<ContainerDetails, Promise<void>>();
  const end = (one: ContainerDetails, path: readonly ContainerDetails[]): Promise<void> => {
    // Labels are anybody's to write: a circle is cut where it closes.
    const waiting = dependentsOf(one, containers).filter((other) => other !== one && !path.includes(other));
    const ending =
      ends.get(one) ??
      Promise.all(waiting.map((other) => end(other, [...path, one]))).then(() =>
        stopOne(client, one, signal),
      );
    ends.set(one, ending);
    return ending;
  };
  await Promise.all(containers.map((one) => end(one, [])));
}

export function dependentsOf(
  { Config }: ContainerDetails,
  containers: readonly ContainerDetails[],
): readonly ContainerDetails[] {
  const service = Config.Labels?.[SERVICE];
  return containers.filter((other) =>
    readDependencies(other.Config.Labels?.[DEPENDS_ON]).some((one) => one.service === service),
  );
}

/** With its own signal and patience. */
async function stopOne(
  client: DockerClient,
  details: ContainerDetails,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!isUp(details)) return;
  try {
    await client.containers.stop(details.Id, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    // One that will not stop is removed by force all the same; an engine that has gone says so there.
    if (!(error instanceof Fault)) throw error;
  }
}

/** Latest first: whoever shares another's namespace was made after it, and Podman wants it removed before. */
async function removeAll(
  client: DockerClient,
  containers: readonly ContainerDetails[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const { Id } of containers.toReversed()) await removeOne(client, Id, signal);
}

async function removeOne(client: DockerClient, id: string, signal: AbortSignal | undefined): Promise<void> {
  const deadline = Date.now() + REMOVAL;
  for (;;) {
    try {
      await client.containers.remove(id, { force: true, volumes: true, signal });
      return;
    } catch (error) {
      if (isFault(error, "docker/not-found")) return;
      // Somebody else removes it: when that is done, there is none.
      if (!isFault(error, "docker/conflict") || Date.now() > deadline) throw error;
      await delay(100, undefined, { signal });
    }
  }
}

/** Kills and removes what one start has made, and nothing else of the project: for a stack whose owner has gone. */
export async function removeLeashed(client: DockerClient, label: string): Promise<void> {
  const filters = { label: [label] };
  await removeAll(client, await containersWith(client, filters), undefined);
  for (const { Id } of await client.networks.list({ filters })) {
    await client.networks.remove(Id).catch((error: unknown) => {
      if (!isFault(error, "docker/not-found")) throw error;
    });
  }
}

function notRemoved(project: string, containers: readonly ContainerDetails[]): Fault {
  return new Fault({
    code: "stack/not-removed",
    message: `expected nothing of project "${project}" to be left, found ${containers.map(({ Name }) => Name.slice(1)).join(", ")} after ${MOST_ROUNDS} attempts`,
    hint: "Somebody else may be starting the project at the same time: end that first.",
    exit: 2,
  });
}
