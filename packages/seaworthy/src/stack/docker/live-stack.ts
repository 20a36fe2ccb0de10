/** A stack that was just started, as it is from moment to moment: what the engine says, and what only its starter knows. */
import type { ContainerDetails } from "../../engine/docker/api-types.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { Fault } from "../../fault/fault.ts";
import { declarationDigest, type StackSpec } from "../stack-spec.ts";
import type { ServiceState, StackState } from "../state.ts";
import { serviceState, type Viewpoint } from "./service-state.ts";
import { watchProject } from "./watch.ts";

export interface LiveStack extends Disposable {
  state(): StackState;
  service(name: string): ServiceState;
  /** Resolves after the next change. @throws Fault `stack/engine-gone` when there will be no more */
  changed(): Promise<void>;
  refresh(): Promise<void>;
  /** Notes why a service was not started. */
  giveUp(service: string, reason: string): void;
  /** Whether changes are still heard of. */
  isWatched(): boolean;
}

export function watchStack(
  client: DockerClient,
  spec: StackSpec,
  view: Viewpoint,
  onChange: ((state: StackState) => void) | undefined,
): LiveStack {
  const waiting = new Set<{ readonly resolve: () => void; readonly reject: (reason: Error) => void }>();
  const givenUp = new Map<string, string>();
  const startedAt = new Date().toISOString();
  const declared = declarationDigest(spec);
  let services: ReadonlyMap<string, ServiceState> = new Map();
  let state = toState();

  function toState(): StackState {
    const all = spec.services.map((service) => services.get(service.container.name) ?? notYet(service));
    return { project: spec.project, engine: "docker", declared, startedAt, services: all.map(withReason) };
  }

  function withReason(one: ServiceState): ServiceState {
    const failure = one.network === undefined ? givenUp.get(one.name) : undefined;
    return failure === undefined ? one : { ...one, status: "exited", failure, settled: true };
  }

  function look(containers: readonly ContainerDetails[]): void {
    const seen = new Map(
      containers.flatMap((one) => {
        const found = serviceState(one, view);
        return found === undefined ? [] : [[found.name, found] as const];
      }),
    );
    for (const [name, last] of services) if (!seen.has(name)) seen.set(name, removed(last));
    services = seen;
    tell();
  }

  function tell(): void {
    const next = toState();
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    onChange?.(state);
    for (const { resolve } of waiting) resolve();
    waiting.clear();
  }

  function failWaiting(): void {
    for (const { reject } of waiting) reject(goneFault(spec.project, watch.lost()));
    waiting.clear();
  }

  const watch = watchProject(client, spec.project, { onLook: look, onLost: failWaiting });
  onChange?.(state);
  return {
    state: () => state,
    service: (name) => state.services.find((one) => one.name === name) ?? missing(name),
    changed() {
      if (watch.lost() !== undefined) return Promise.reject(goneFault(spec.project, watch.lost()));
      return new Promise((resolve, reject) => waiting.add({ resolve, reject }));
    },
    refresh: () => watch.refresh(),
    giveUp(service, reason) {
      givenUp.set(service, reason);
      tell();
    },
    isWatched: () => watch.lost() === undefined,
    [Symbol.dispose]() {
      watch[Symbol.dispose]();
      failWaiting();
    },
  };
}

function notYet({ container }: StackService): ServiceState {
  return {
    name: container.name,
    status: "created",
    image: { reference: container.image.reference, digest: container.image.manifest.digest },
    ports: [],
    outOfMemory: false,
    restarts: 0,
    settled: false,
    health: [],
  };
}

function removed({ name, image, restarts, health }: ServiceState): ServiceState {
  const failure = "its container was removed";
  return {
    name,
    image,
    restarts,
    health,
    status: "exited",
    ports: [],
    outOfMemory: false,
    failure,
    settled: true,
  };
}

function missing(name: string): never {
  throw new TypeError(`expected service ${name} in the stack, found none`);
}

function goneFault(project: string, reason: Error | undefined): Fault {
  return new Fault({
    code: "stack/engine-gone",
    message: `expected to follow project "${project}" in its engine, but: ${reason?.message ?? "nobody does"}`,
    hint: "See that the engine runs, then clean up with `seaworthy down`.",
    exit: 2,
    cause: reason,
  });
}
