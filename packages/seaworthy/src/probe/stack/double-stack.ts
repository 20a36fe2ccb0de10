/** A second copy of the stack, which may be disturbed: own project, empty volumes, ports only on loopback. */
import { setTimeout as delay } from "node:timers/promises";
import type { PublishedPort, VolumeMount } from "../../engine/container.ts";
import type { ExecResult } from "../../engine/engine.ts";
import type { NetworkAttachment, StackService } from "../../engine/stack-service.ts";
import { type OrphanMaker, orphanMaker } from "../../stack/orphans.ts";
import type { StackHandle, StackRuntime, Stopped } from "../../stack/stack-runtime.ts";
import type { StackNetwork, StackSpec, StackVolume } from "../../stack/stack-spec.ts";
import type { ServiceState, StackState } from "../../stack/state.ts";
import { doubleMounts } from "./double-mounts.ts";
import { SECOND_LOOPBACK } from "./exposure.ts";
import { isDone } from "./scene.ts";

export interface DoubleStack extends AsyncDisposable {
  /** When all that comes up had come up, in milliseconds since the epoch. */
  readonly upSince: number;
  /** Where a service's port is published, for nobody but the prover; `undefined` when it has none. */
  port(service: string): PublishedPort | undefined;
  /** Why a service did not come up, or `undefined` when it did. */
  problem(service: string): string | undefined;
  /** Its first process, as the host numbers it; `undefined` while it does not run. */
  pid(service: string): number | undefined;
  /** A program in it, which leaves orphans; `undefined` where they could not be seen, or it would not run. */
  orphanMaker(service: string): OrphanMaker | undefined;
  /** Those that may be written to. */
  volumes(service: string): readonly VolumeMount[];
  /** @param options with a time limit in milliseconds; ten seconds when it is left out */
  exec(service: string, argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /**
   * Sends the stop signal to the first process and waits for its end; it is started again by itself.
   * @returns `undefined` when it did not run
   */
  stop(service: string): Promise<Stopped | undefined>;
  /** As `stop`; and after it the service's volumes are new and empty. */
  loseVolumes(service: string): Promise<void>;
}

interface ExecOptions {
  readonly timeout?: number;
  readonly stdin?: Uint8Array;
}

export interface DoubleOptions {
  readonly runtime: StackRuntime;
  /** Of the original: what is not up there is not waited for here. */
  readonly live: StackState;
  readonly insidePorts: ReadonlyMap<string, readonly number[]>;
  /** Absolute, empty, on the host. */
  readonly folder: string;
  freePort(): Promise<number>;
  readonly signal: AbortSignal | undefined;
}

/** How long the copy has to come up. A service that does not is a finding, not an error. */
const PATIENCE = 60_000;
/** With delays that double from 100 ms, that is after three seconds of trying. */
const MOST_RESTARTS = 5;
const EXEC_TIMEOUT = 10_000;
/** Nothing is published from a network that is internal; no Compose file has a key with a space in it. */
const PUBLISHED = "published by the proof";

/** Resolves when every service that is up in the original is up here too, or will not be. */
export async function startDouble(spec: StackSpec, options: DoubleOptions): Promise<DoubleStack> {
  const { runtime, live, signal } = options;
  const project = doubleName(spec.project);
  const { local, architecture } = await runtime.engine.facts();
  const makers = new Map<string, OrphanMaker>();
  // The trampoline is machine code.
  for (const { container } of local && architecture === "amd64" ? spec.services : [])
    makers.set(container.name, await orphanMaker(options.folder));
  const services = await Promise.all(
    spec.services.map((service) => asDouble(service, spec, makers.get(service.container.name), options)),
  );
  const copies = new Map(services.map((service) => [service.container.name, service]));
  const volumesOf = (name: string): readonly VolumeMount[] =>
    (copies.get(name)?.container.mounts ?? []).filter(
      (mount): mount is VolumeMount => mount.kind === "volume" && !mount.readOnly,
    );
  const volumes = new Map(
    services.flatMap(({ container }) => volumesOf(container.name).map(({ name }) => [name, ownVolume(name)])),
  );
  const networks = new Map(
    services
      .flatMap((service) => service.networks)
      .map(({ network }) => [network, ownNetwork(project, network, spec.networks.get(network))]),
  );
  // Of one that was killed: its data would be taken for ours.
  await runtime.stop(project, { volumes: [...volumes.keys()], signal });
  const handle = await runtime.start(
    { project, files: spec.files, services, networks, volumes },
    { leash: true, signal },
  );
  const problems = await comeUp(handle, live, signal);
  return {
    upSince: Date.now(),
    port: (service) => copies.get(service)?.ports[0],
    problem: (service) => problems.get(service),
    pid: (service) => handle.state().services.find(({ name }) => name === service)?.pid,
    orphanMaker: (service) => makers.get(service),
    volumes: volumesOf,
    exec: (service, argv, given) => runtime.exec(project, service, argv, { timeout: EXEC_TIMEOUT, ...given }),
    stop: (service) => runtime.bounce(project, service),
    loseVolumes: (service) => runtime.loseVolumes(project, service),
    async [Symbol.asyncDispose]() {
      await handle[Symbol.asyncDispose]();
      await runtime.stop(project, { volumes: [...volumes.keys()] });
    },
  };
}

/** The project that the copy runs under. Names in Compose files have no capital letter: nobody else's is called this. */
export function doubleName(project: string): string {
  return `${project}-Double`;
}

/** Waits for what is up in the original. @returns why a service is not up, by service */
async function comeUp(
  handle: StackHandle,
  live: StackState,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const awaited = new Set(live.services.filter(isUp).map(({ name }) => name));
  const hasSettled = (): boolean =>
    handle.state().services.every((one) => !awaited.has(one.name) || isUp(one) || isOver(one));
  try {
    await until(async () => hasSettled() || !(await handle.isWatched()), PATIENCE, signal);
  } catch (error) {
    await handle[Symbol.asyncDispose]();
    throw error;
  }
  const down = handle.state().services.filter((one) => !isUp(one));
  return new Map(
    down.map((one) => [
      one.name,
      awaited.has(one.name) ? describe(one) : "it is not healthy in the stack itself",
    ]),
  );
}

function isUp(state: ServiceState): boolean {
  return state.status === "healthy" || state.status === "running" || isDone(state);
}

function isOver(state: ServiceState): boolean {
  return state.status === "unhealthy" || state.settled || state.restarts >= MOST_RESTARTS;
}

function describe({ status, failure, exitCode, signal, health }: ServiceState): string {
  if (failure !== undefined) return failure;
  if (status === "exited") return `ended with ${signal ?? `exit code ${exitCode}`}`;
  const said = health.at(-1)?.output.trim() ?? "";
  return said === "" ? status : `${status}: ${said}`;
}

/** The same container with nobody's data and no way to the host, always started again, and checked often so that nobody waits. */
async function asDouble(
  service: StackService,
  spec: StackSpec,
  maker: OrphanMaker | undefined,
  { live, insidePorts, folder, freePort }: DoubleOptions,
): Promise<StackService> {
  const { container, healthCheck, restart, containerName } = service;
  const { name } = container;
  const [target] = insidePorts.get(name) ?? [];
  const isJob =
    isDone(live.services.find((one) => one.name === name)) ||
    spec.services.some(({ dependsOn }) =>
      dependsOn.some((other) => other.service === name && other.condition === "completed"),
    );
  const { containerName: _, ...rest } = service;
  const sharesHost = container.network === "host";
  const declared = sharesHost ? [{ network: "default", aliases: [] }] : service.networks;
  const isCut =
    declared.length > 0 && declared.every(({ network }) => spec.networks.get(network)?.internal === true);
  return {
    ...rest,
    networks: [
      ...declared.map((attachment) => ownAttachment(attachment, containerName)),
      ...(isCut ? [{ network: PUBLISHED, aliases: [] }] : []),
    ],
    container: {
      ...container,
      // On the host's network it would find the live stack, and fight for its ports.
      network: sharesHost ? "private" : container.network,
      mounts: [
        ...(await doubleMounts(container.mounts, { project: doubleName(spec.project), folder })),
        ...(maker === undefined ? [] : [maker]),
      ],
    },
    ports: target === undefined ? [] : [{ address: SECOND_LOOPBACK, published: await freePort(), target }],
    restart: isJob ? restart : { policy: "always" },
    healthCheck:
      healthCheck === undefined ? undefined : { ...healthCheck, interval: 500, startInterval: 300 },
  };
}

/** A container's name is for one container alone; as a name in the network, others may count on it. */
function ownAttachment(
  { network, aliases }: NetworkAttachment,
  containerName: string | undefined,
): NetworkAttachment {
  return { network, aliases: containerName === undefined ? aliases : [...aliases, containerName] };
}

/** Also for one that others made: the copy's services have nothing to say to them. */
function ownNetwork(project: string, key: string, declared: StackNetwork | undefined): StackNetwork {
  const { internal = false, driverOptions } = declared ?? {};
  const options = driverOptions === undefined ? {} : { driverOptions };
  return { name: `${project}_${key.replaceAll(" ", "-")}`, internal, external: false, ...options };
}

function ownVolume(name: string): StackVolume {
  return { name, external: false };
}

async function until(
  holds: () => boolean | Promise<boolean>,
  patience: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (!(await holds())) {
    signal?.throwIfAborted();
    if (Date.now() > deadline) return false;
    await delay(20);
  }
  return true;
}
