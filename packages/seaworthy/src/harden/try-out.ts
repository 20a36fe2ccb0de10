/** Tries services out on a whole engine: starts a copy of the stack, uses it, stops and starts each service, and looks. */
import type { StackService } from "../engine/stack-service.ts";
import { Fault } from "../fault/fault.ts";
import { begun } from "../stack/begun.ts";
import { hearsStop } from "../stack/has-handler.ts";
import { type OrphanMaker, orphanMaker } from "../stack/orphans.ts";
import type { StackHandle, StackRuntime } from "../stack/stack-runtime.ts";
import type { StackSpec } from "../stack/stack-spec.ts";
import type { ServiceState } from "../stack/state.ts";
import { type CopyOptions, copyStack } from "./copy-stack.ts";
import { type Look, lookAtAll, type Scene } from "./look.ts";
import type { Outcome, TryOut } from "./outcome.ts";
import { isNeeded, startOrder } from "./search-stack.ts";
import { isDone, isUp, problemOf, settle } from "./settle.ts";
import { lacking, type Signs } from "./signs.ts";

export interface TryOutOptions extends CopyOptions {
  /** Absolute, existing, on the host, and not within `folder`, which ends with each copy: for what is mounted to look at them. */
  readonly workDirectory: string;
  readonly runtime: StackRuntime;
  readonly signal?: AbortSignal | undefined;
}

/** In milliseconds; later starts get twice what the first one took, and ten seconds. */
const MOST_PATIENCE = 90_000;
const MORE_PATIENCE = 10_000;
const LOG_LINES = 40;

/** The first use of what is returned, with the services as they stand, is what later ones are measured by. */
export function tryOutOn(spec: StackSpec, options: TryOutOptions): TryOut {
  const { runtime, signal } = options;
  const aims = new Map<string, Signs>();
  const checks: Scene["checks"] = new Map();
  const keepZombies: Scene["keepZombies"] = new Map();
  let patience: number | undefined;
  return async (services) => {
    const plain = await copyStack(spec, services, options);
    const makers = await makersFor(plain.services);
    const copy = { ...plain, services: plain.services.map((service) => withMaker(service, makers)) };
    const volumes = [...copy.volumes.values()].map(({ name }) => name);
    // Of one that was killed: its data would be taken for ours.
    await runtime.stop(copy.project, { volumes, signal });
    try {
      const began = Date.now();
      await using handle = await runtime.start(copy, { leash: true, signal });
      const scene = {
        ...{ handle, runtime, signal, aims, checks, makers, keepZombies },
        late: new Set<string>(),
      };
      const outcomes = await use(scene, copy.services, patience ?? MOST_PATIENCE);
      patience ??= Math.min(MOST_PATIENCE, 2 * (Date.now() - began) + MORE_PATIENCE);
      return outcomes;
    } catch (error) {
      signal?.throwIfAborted();
      // An engine that refuses what is asked of a container tells as much as a service that ends.
      if (!(error instanceof Fault) || patience === undefined) throw error;
      return new Map(services.map(({ container }) => [container.name, refused(error)]));
    } finally {
      await runtime.stop(copy.project, { volumes });
    }
  };

  /** For those of which it is not known yet, where it can be seen, and who have a first process of their own. */
  async function makersFor(services: readonly StackService[]): Promise<Scene["makers"]> {
    const { local, architecture } = await runtime.engine.facts();
    const makers = new Map<string, OrphanMaker>();
    for (const { container } of local && architecture === "amd64" ? services : []) {
      const { name, pid, extras } = container;
      const isOwn = pid === "private" && extras?.sharePid === undefined && extras?.init !== true;
      if (isOwn && !keepZombies.has(name)) makers.set(name, await orphanMaker(options.workDirectory));
    }
    return makers;
  }

  async function use(
    scene: Scene & { readonly late: Set<string> },
    services: readonly StackService[],
    time: number,
  ): Promise<ReadonlyMap<string, Outcome>> {
    const { handle } = scene;
    await settle(handle, services, { patience: time, signal });
    const first = await lookAtAll(scene, services);
    const former = new Map<string, number>();
    for (const name of startOrder(services)) {
      const look = first.get(name);
      if (look === undefined || !isUp(look.state) || isDone(look.state)) continue;
      const service = services.find(({ container }) => container.name === name);
      if (service !== undefined) await hears(scene, service);
      const pid = stateOf(handle, name)?.pid;
      if (pid !== undefined) former.set(name, pid);
      const stopped = await runtime.bounce(handle.project, name);
      if (stopped?.late === true) scene.late.add(name);
      // As on a first start: one that needs another finds it.
      if (isNeeded(name, services))
        await settle(handle, services, { patience: time, signal, former, only: name });
    }
    await settle(handle, services, { patience: time, signal, former });
    const second = await lookAtAll(scene, services);
    const outcomes = new Map<string, Outcome>();
    for (const { container } of services) {
      const looks = [first.get(container.name), second.get(container.name)].flatMap((one) => one ?? []);
      outcomes.set(container.name, await outcomeOf(container.name, handle.project, looks));
    }
    return outcomes;
  }

  /** Before a program sets its handler, the stop signal is lost on it; only one with a check says that it is ready. */
  async function hears({ handle }: Scene, { container, healthCheck }: StackService): Promise<void> {
    if (healthCheck !== undefined || aims.get(container.name)?.stopsLate === true) return;
    const state = stateOf(handle, container.name);
    const shows = async (): Promise<boolean> => {
      const pid = stateOf(handle, container.name)?.pid;
      return pid !== undefined && (await hearsStop(pid, container));
    };
    await begun(shows, Date.parse(state?.startedAt ?? ""), signal);
  }

  async function outcomeOf(name: string, project: string, looks: readonly Look[]): Promise<Outcome> {
    const last = looks.at(-1);
    const worst = looks.find(({ state }) => !isUp(state)) ?? last;
    const aim = aims.get(name);
    const problem = problemWith(worst, looks, aim);
    if (problem === undefined && aim === undefined && last !== undefined) aims.set(name, last.signs);
    const usages = looks.flatMap(({ usage }) => usage ?? []);
    return {
      worked: problem === undefined,
      problem: problem ?? "",
      isUnhealthy: worst?.state.status === "unhealthy",
      log: await lastLines(project, name),
      writes: [...new Set(looks.flatMap(({ writes }) => writes))],
      users: last?.users ?? [],
      usage:
        usages.length === 0
          ? undefined
          : {
              memory: Math.max(...usages.map(({ memory }) => memory)),
              processes: Math.max(...usages.map(({ processes }) => processes)),
            },
      listens: last?.signs.listens,
      ...(last?.check === undefined ? {} : { check: last.check }),
      ...(last?.keepsZombies === undefined ? {} : { keepsZombies: last.keepsZombies }),
    };
  }

  async function lastLines(project: string, service: string): Promise<readonly string[]> {
    const lines: string[] = [];
    try {
      const logs = runtime.logs(project, { services: [service], tail: LOG_LINES, follow: false });
      for await (const { text } of logs) lines.push(text);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
    return lines.slice(-LOG_LINES);
  }
}

function withMaker(service: StackService, makers: Scene["makers"]): StackService {
  const { container } = service;
  const maker = makers.get(container.name);
  return maker === undefined
    ? service
    : { ...service, container: { ...container, mounts: [...container.mounts, maker] } };
}

/** @param worst of the looks, the one that tells most against it */
function problemWith(
  worst: Look | undefined,
  looks: readonly Look[],
  aim: Signs | undefined,
): string | undefined {
  if (worst === undefined) return "it was not started";
  if (!isUp(worst.state)) return problemOf(worst.state);
  if (aim === undefined) return undefined;
  return looks.map(({ signs }) => lacking(signs, aim)).find((one) => one !== undefined);
}

function stateOf(handle: StackHandle, service: string): ServiceState | undefined {
  return handle.state().services.find(({ name }) => name === service);
}

function refused(error: Fault): Outcome {
  return {
    worked: false,
    problem: error.message,
    isUnhealthy: false,
    log: [],
    writes: [],
    users: [],
    usage: undefined,
    listens: undefined,
  };
}
