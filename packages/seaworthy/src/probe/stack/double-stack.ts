/** A second copy of the stack, which may be disturbed: own project, empty volumes, ports only on loopback. */
import { setTimeout as delay } from "node:timers/promises";
import type { PublishedPort, VolumeMount } from "../../engine/container.ts";
import type { ExecResult } from "../../engine/engine.ts";
import {
  identifyProcess,
  isRunning,
  killProcess,
  signalProcess,
} from "../../engine/runc/process-identity.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { execInStack, type StackOptions, startStack } from "../../stack/stack.ts";
import type { StackHandle } from "../../stack/stack-handle.ts";
import type { StackSpec } from "../../stack/stack-spec.ts";
import type { ServiceState, StackState } from "../../stack/state.ts";
import { type DoubleMounts, doubleMounts } from "./double-mounts.ts";
import { SECOND_LOOPBACK } from "./exposure.ts";
import { isDone } from "./scene.ts";

export interface DoubleStack extends AsyncDisposable {
  /** Where a service's port is published, for nobody but the prover; `undefined` when it has none. */
  port(service: string): PublishedPort | undefined;
  /** Why a service did not come up, or `undefined` when it did. */
  problem(service: string): string | undefined;
  /** Its first process, as the host numbers it; `undefined` while it does not run. */
  pid(service: string): number | undefined;
  /** The folders that are its own and may be written to. */
  volumes(service: string): readonly VolumeMount[];
  exec(service: string, argv: readonly string[], stdin?: Uint8Array): Promise<ExecResult>;
  /**
   * Sends the stop signal to the first process and waits for its end; it is started again by itself.
   * @returns `undefined` when it did not run
   */
  stop(service: string): Promise<Stopped | undefined>;
  /** Takes a service's volumes away: after its next start they are new and empty. */
  loseVolumes(service: string): Promise<void>;
}

/** With neither code nor signal when the engine did not tell. */
export interface Stopped {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** In milliseconds. */
  readonly took: number;
  /** Whether it had to be killed. */
  readonly late: boolean;
}

export interface DoubleOptions {
  readonly stack: Omit<StackOptions, "leash" | "onChange">;
  /** Of the original: what is not up there is not waited for here. */
  readonly live: StackState;
  readonly insidePorts: ReadonlyMap<string, readonly number[]>;
  /** Absolute, empty, on the host. */
  readonly folder: string;
  freePort(): Promise<number>;
}

/** How long the copy has to come up. A service that does not is a finding, not an error. */
const PATIENCE = 60_000;
/** With delays that double from 100 ms, that is after three seconds of trying. */
const MOST_RESTARTS = 5;
const EXEC_TIMEOUT = 10_000;
/** How long the supervisor may take to tell how a process that is gone has ended. */
const NEWS = 5_000;

/** Resolves when every service that is up in the original is up here too, or will not be. */
export async function startDouble(spec: StackSpec, options: DoubleOptions): Promise<DoubleStack> {
  const { stack, live, folder } = options;
  const mounts = doubleMounts(folder);
  const copies = new Map<string, StackService>();
  for (const service of spec.services)
    copies.set(service.container.name, await asDouble(service, spec, mounts, options));
  const exits = new Map<string, Pick<Stopped, "code" | "signal">>();
  const handle = await startStack(
    { ...spec, project: doubleName(spec.project), services: [...copies.values()] },
    {
      ...stack,
      leash: true,
      onChange({ services }) {
        for (const { name, status, exitCode, signal } of services) {
          if (status === "exited") exits.set(name, { code: exitCode, signal });
        }
      },
    },
  );
  const problems = await comeUp(handle, live, stack.signal);

  const pidOf = (name: string): number | undefined =>
    handle.state().services.find((one) => one.name === name)?.pid;
  const volumesOf = (name: string): readonly VolumeMount[] =>
    (copies.get(name)?.container.mounts ?? []).filter(
      (mount): mount is VolumeMount => mount.kind === "volume" && !mount.readOnly,
    );
  return {
    port: (service) => copies.get(service)?.ports[0],
    problem: (service) => problems.get(service),
    pid: pidOf,
    volumes: volumesOf,
    exec: (service, argv, stdin) =>
      execInStack(handle.project, service, argv, {
        runRoot: stack.runRoot,
        timeout: EXEC_TIMEOUT,
        ...(stdin === undefined ? {} : { stdin }),
      }),
    async stop(service) {
      const declared = copies.get(service);
      const pid = pidOf(service);
      const first = pid === undefined ? undefined : await identifyProcess(pid);
      if (declared === undefined || first === undefined) return undefined;
      const { stopSignal, stopGrace } = declared.container;
      exits.delete(service);
      const began = Date.now();
      signalProcess(first.pid, stopSignal as NodeJS.Signals);
      const late = !(await until(async () => !(await isRunning(first)), stopGrace, stack.signal));
      const took = Date.now() - began;
      if (late) await killProcess(first);
      await until(() => exits.has(service), NEWS, stack.signal);
      return { code: undefined, signal: undefined, ...exits.get(service), took, late };
    },
    async loseVolumes(service) {
      for (const volume of volumesOf(service)) await mounts.lose(volume);
    },
    [Symbol.asyncDispose]: () => handle[Symbol.asyncDispose](),
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
  const { supervisor } = handle.state();
  const hasSettled = (): boolean =>
    handle.state().services.every((one) => !awaited.has(one.name) || isUp(one) || isOver(one));
  try {
    await until(async () => hasSettled() || !(await isRunning(supervisor)), PATIENCE, signal);
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
  mounts: DoubleMounts,
  { live, insidePorts, freePort }: DoubleOptions,
): Promise<StackService> {
  const { container, healthCheck, restart } = service;
  const { name } = container;
  const [target] = insidePorts.get(name) ?? [];
  const isJob =
    isDone(live.services.find((one) => one.name === name)) ||
    spec.services.some(({ dependsOn }) =>
      dependsOn.some((other) => other.service === name && other.condition === "completed"),
    );
  return {
    ...service,
    // On the host's network it would find the live stack, and fight for its ports.
    container: { ...container, network: "pod", mounts: await mounts.of(container.mounts) },
    ports: target === undefined ? [] : [{ address: SECOND_LOOPBACK, published: await freePort(), target }],
    restart: isJob ? restart : { policy: "always" },
    healthCheck:
      healthCheck === undefined ? undefined : { ...healthCheck, interval: 500, startInterval: 300 },
  };
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
