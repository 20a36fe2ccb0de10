/** Brings a stack up: alone by a lock, all of it made before any of it starts, and nothing left when that fails. */
import { digestOf } from "../../content/digest.ts";
import type { ContainerDetails } from "../../engine/docker/api-types.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import type { Engine, EngineFacts } from "../../engine/engine.ts";
import { takeLock } from "../../net/named-lock.ts";
import type { StartStackOptions } from "../stack-runtime.ts";
import type { StackSpec } from "../stack-spec.ts";
import { alreadyRunning, createService } from "./create.ts";
import { createJournal, type Journal } from "./journal.ts";
import { LEASHED } from "./labels.ts";
import { type Leash, mayHold, takeLeash } from "./leash.ts";
import { type LiveStack, watchStack } from "./live-stack.ts";
import { createNetworks } from "./networks.ts";
import { dependenciesOf, inOrder } from "./order.ts";
import { driveHealthChecks, runsNoChecks } from "./podman-health.ts";
import { machineListeners, requireFreePorts } from "./ports.ts";
import { startInOrder } from "./sequence.ts";
import { isUp } from "./service-state.ts";
import { projectContainers } from "./snapshot.ts";
import { removeProject } from "./stop.ts";
import { createVolumes } from "./volumes.ts";

export interface StartPlace {
  readonly client: DockerClient;
  readonly engine: Engine;
}

export interface StartedStack {
  readonly live: LiveStack;
  readonly leash: Leash | undefined;
}

/**
 * Resolves when all containers are made and the first of them are being started; the others follow in their order for as
 * long as the calling process lives.
 * @throws Fault `stack/already-running`, `stack/port-taken`, `stack/name-taken`, `stack/network-...`, `stack/volume-missing`,
 *   `stack/dependency-cycle`, `stack/unknown-service`, and those of the engine
 */
export async function startStack(
  { client, engine }: StartPlace,
  spec: StackSpec,
  options: StartStackOptions,
): Promise<StartedStack> {
  const { signal } = options;
  signal?.throwIfAborted();
  const order = creationOrder(spec);
  const lock = await takeLock(lockName(client, spec.project));
  if (lock === undefined) throw alreadyRunning(spec.project);
  const journal = createJournal();
  journal.made(async () => lock[Symbol.asyncDispose]());
  try {
    const facts = await engine.facts();
    await makeRoom(client, spec, facts, signal);
    const leash = options.leash ? await takeLeash(client, LEASHED) : undefined;
    journal.made(async () => leash?.release());
    const ids = await createAll(client, { spec, order, facts, leash: leash?.id, journal }, signal);
    const view = { flavor: client.flavor, local: facts.local };
    const live = watchStack(client, spec, view, options.onChange);
    if (await runsNoChecks(client, facts.local)) driveHealthChecks(client, spec.services, live);
    void startAll(client, { spec, ids, live, lock });
    return { live, leash };
  } catch (error) {
    await journal.undo();
    signal?.throwIfAborted();
    throw error;
  }
}

/** Of one engine only: projects of two engines may have the same name. */
function lockName({ endpoint }: DockerClient, project: string): string {
  return `docker-${digestOf(`${endpoint.text}\n${project}`).slice(-32)}`;
}

function creationOrder({ services }: StackSpec): readonly string[] {
  const dependencies = new Map(
    services.map((service) => [
      service.container.name,
      dependenciesOf(service, services).map((one) => one.service),
    ]),
  );
  return inOrder([...dependencies.keys()], (name) => dependencies.get(name) ?? []);
}

/** Refuses when the project runs or its ports are taken; removes what is left of one that does not. */
async function makeRoom(
  client: DockerClient,
  { project, services }: StackSpec,
  { local }: EngineFacts,
  signal: AbortSignal | undefined,
): Promise<void> {
  const containers = await projectContainers(client, project, signal);
  const running = containers.filter(isUp);
  const owned = await Promise.all(running.map(isOwned));
  if (owned.includes(true)) throw alreadyRunning(project);
  await removeProject(client, project, { signal });
  if (local) requireFreePorts(services, await machineListeners());
}

/** A stack on a leash that nobody holds any more is a leftover, even while it runs. */
async function isOwned({ Config }: ContainerDetails): Promise<boolean> {
  const leash = Config.Labels?.[LEASHED];
  return leash === undefined || (await mayHold(leash));
}

interface CreateOrder {
  readonly spec: StackSpec;
  readonly order: readonly string[];
  readonly facts: EngineFacts;
  readonly leash: string | undefined;
  readonly journal: Journal;
}

/** @returns the containers' ids by service */
async function createAll(
  client: DockerClient,
  { spec, order, facts, leash, journal }: CreateOrder,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  await createNetworks(client, spec, { journal, leash, signal });
  const fresh = await createVolumes(client, spec, spec.services, { journal, signal });
  const services = new Map(spec.services.map((service) => [service.container.name, service]));
  const ids = new Map<string, string>();
  for (const name of order) {
    const service = services.get(name);
    if (service === undefined) continue;
    signal?.throwIfAborted();
    ids.set(name, await createService({ client, facts, spec, leash, journal, ids, fresh }, service));
  }
  signal?.throwIfAborted();
  return ids;
}

interface StartOrder {
  readonly spec: StackSpec;
  /** The containers, by service. */
  readonly ids: ReadonlyMap<string, string>;
  readonly live: LiveStack;
  /** Let go of when all were started: before that, the project may look as if it were down. */
  readonly lock: AsyncDisposable;
}

/** Never rejects: what goes wrong is in the stack's state, or is that it is not followed any more. */
async function startAll(client: DockerClient, { spec, ids, live, lock }: StartOrder): Promise<void> {
  await using _ = lock;
  const start = async (name: string): Promise<void> => {
    try {
      await client.containers.start(ids.get(name) ?? name);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      live.giveUp(name, reason.replace(/^expected .*? but the engine says: /s, ""));
    }
    // What cannot be seen now is seen at the watch's next look.
    await live.refresh().catch(() => undefined);
  };
  try {
    await startInOrder(spec.services, {
      state: (name) => live.service(name),
      changed: () => live.changed(),
      giveUp: (name, reason) => live.giveUp(name, reason),
      start,
    });
  } catch {
    // The engine has gone, or the stack was let go of: whoever waits for it hears that from the watch.
  }
}
