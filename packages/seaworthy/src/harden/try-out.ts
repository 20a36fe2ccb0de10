/** Tries services out on a whole engine: starts a copy of the stack, uses it, stops and starts each service, and looks. */
import { setTimeout as delay } from "node:timers/promises";
import type { PublishedPort, User } from "../engine/container.ts";
import type { StackService } from "../engine/stack-service.ts";
import { Fault } from "../fault/fault.ts";
import { isLoopback } from "../net/listeners.ts";
import { reach } from "../net/reach.ts";
import type { StackHandle, StackRuntime } from "../stack/stack-runtime.ts";
import type { StackSpec } from "../stack/stack-spec.ts";
import type { ServiceState } from "../stack/state.ts";
import { type CopyOptions, copyStack } from "./copy-stack.ts";
import { findCheck } from "./find-check.ts";
import type { Usage } from "./limits.ts";
import type { Outcome, TryOut } from "./outcome.ts";
import { parseStatus, processUsers } from "./process-users.ts";
import { startOrder } from "./search-stack.ts";
import { isDone, isUp, problemOf, settle } from "./settle.ts";

export interface TryOutOptions extends CopyOptions {
  readonly runtime: StackRuntime;
  readonly signal?: AbortSignal | undefined;
}

/** In milliseconds; later starts get twice what the first one took, and ten seconds. */
const MOST_PATIENCE = 90_000;
const MORE_PATIENCE = 10_000;
const ANSWER_PATIENCE = 5_000;
const LOG_LINES = 40;
const EXEC_TIMEOUT = 5_000;
const GREETING: Uint8Array = Buffer.from("GET / HTTP/1.0\r\n\r\n");

/** How a service shows that it works. Another that shows less does not. */
interface Signs {
  readonly isDone: boolean;
  readonly restarts: number;
  /** By port in the container: `HTTP/1.1 200`, `open` or `closed`. */
  readonly answers: ReadonlyMap<number, string>;
  readonly listens: readonly number[] | undefined;
  /** Whether it had to be killed when it was told to stop: it could not put away what it wanted to keep. */
  readonly stopsLate: boolean;
}

interface Look {
  readonly state: ServiceState;
  readonly signs: Signs;
  readonly writes: readonly string[];
  readonly users: readonly User[];
  readonly usage: Usage | undefined;
  readonly check: readonly string[] | undefined;
}

/** The first use of what is returned, with the services as they stand, is what later ones are measured by. */
export function tryOutOn(spec: StackSpec, options: TryOutOptions): TryOut {
  const { runtime, signal } = options;
  const wanted = new Map<string, Signs>();
  const checks = new Map<string, readonly string[] | undefined>();
  const late = new Set<string>();
  let patience: number | undefined;
  return async (services) => {
    late.clear();
    const copy = await copyStack(spec, services, options);
    const volumes = [...copy.volumes.values()].map(({ name }) => name);
    // Of one that was killed: its data would be taken for ours.
    await runtime.stop(copy.project, { volumes, signal });
    try {
      const began = Date.now();
      await using handle = await runtime.start(copy, { leash: true, signal });
      const outcomes = await use(handle, copy, patience ?? MOST_PATIENCE);
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

  async function use(
    handle: StackHandle,
    copy: StackSpec,
    time: number,
  ): Promise<ReadonlyMap<string, Outcome>> {
    await settle(handle, copy.services, { patience: time, signal });
    const first = await lookAtAll(handle, copy);
    const former = new Map<string, number>();
    for (const name of startOrder(copy.services)) {
      const look = first.get(name);
      if (look === undefined || !isUp(look.state) || isDone(look.state)) continue;
      const pid = handle.state().services.find((one) => one.name === name)?.pid;
      if (pid !== undefined) former.set(name, pid);
      const stopped = await runtime.bounce(copy.project, name);
      if (stopped?.late === true) late.add(name);
    }
    await settle(handle, copy.services, { patience: time, signal, former });
    const second = await lookAtAll(handle, copy);
    const outcomes = new Map<string, Outcome>();
    for (const { container } of copy.services) {
      const looks = [first.get(container.name), second.get(container.name)].flatMap((one) => one ?? []);
      outcomes.set(container.name, await outcomeOf(container.name, copy.project, looks));
    }
    return outcomes;
  }

  async function lookAtAll(handle: StackHandle, copy: StackSpec): Promise<ReadonlyMap<string, Look>> {
    const looks = await Promise.all(
      copy.services.map(
        async (service) => [service.container.name, await lookAt(service, handle, copy.project)] as const,
      ),
    );
    const usages = new Map((await runtime.stats(copy.project)).map((one) => [one.service, one]));
    return new Map(
      looks.flatMap(([name, look]) =>
        look === undefined ? [] : [[name, { ...look, usage: usages.get(name) }]],
      ),
    );
  }

  async function lookAt(
    service: StackService,
    handle: StackHandle,
    project: string,
  ): Promise<Look | undefined> {
    const { name } = service.container;
    const stateNow = (): ServiceState | undefined => handle.state().services.find((one) => one.name === name);
    const before = stateNow();
    if (before === undefined) return undefined;
    const isRunning = isUp(before) && !isDone(before);
    const signs = isRunning ? await signsOf(service, before, project) : noSigns(before);
    return {
      state: stateNow() ?? before,
      signs,
      writes: await writesOf(project, name),
      users: isRunning ? await usersOf(project, before) : [],
      usage: undefined,
      check: isRunning ? await checkOf(service, signs, project) : undefined,
    };
  }

  /** Nobody has said how to ask for its health: perhaps its image can. */
  async function checkOf(
    service: StackService,
    { listens }: Signs,
    project: string,
  ): Promise<readonly string[] | undefined> {
    const { name } = service.container;
    if (service.healthCheck !== undefined) return undefined;
    if (checks.has(name)) return checks.get(name);
    const check = await findCheck(service, listens ?? [], {
      exec: (argv) => runtime.exec(project, name, argv, { timeout: EXEC_TIMEOUT }),
      signal,
    });
    checks.set(name, check);
    return check;
  }

  /** What comes late is waited for: a service may run for a while before it listens. */
  async function signsOf(
    { container, ports }: StackService,
    state: ServiceState,
    project: string,
  ): Promise<Signs> {
    const aim = wanted.get(container.name);
    const deadline = Date.now() + ANSWER_PATIENCE;
    for (;;) {
      signal?.throwIfAborted();
      const answers = new Map<number, string>();
      for (const port of ports) if (port.protocol !== "udp") answers.set(port.target, await answerOf(port));
      const sockets = await runtime.insideListeners(project, container.name);
      // What only the container itself can reach is its own affair, such as Docker's name server in it.
      const listens = sockets?.filter(({ address }) => !isLoopback(address)).map(({ port }) => port);
      const stopsLate = late.has(container.name);
      const signs = { isDone: false, restarts: state.restarts, answers, listens, stopsLate };
      const isAll =
        aim === undefined ? ![...answers.values()].includes("closed") : lacking(signs, aim) === undefined;
      if (isAll || Date.now() > deadline) return signs;
      await delay(100);
    }
  }

  async function outcomeOf(name: string, project: string, looks: readonly Look[]): Promise<Outcome> {
    const last = looks.at(-1);
    const worst = looks.find(({ state }) => !isUp(state)) ?? last;
    const aim = wanted.get(name);
    const lack =
      worst === undefined ? "it was not started" : isUp(worst.state) ? undefined : problemOf(worst.state);
    const problem =
      lack ??
      (aim === undefined
        ? undefined
        : looks.map(({ signs }) => lacking(signs, aim)).find((one) => one !== undefined));
    if (problem === undefined && aim === undefined && last !== undefined) wanted.set(name, last.signs);
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
    };
  }

  async function writesOf(project: string, name: string): Promise<readonly string[]> {
    // Of one that ended, an engine may know nothing any more.
    const changes = await runtime.changes(project, name).catch((error: unknown) => {
      if (error instanceof Fault) return [];
      throw error;
    });
    return changes.filter(({ kind }) => kind !== "deleted").map(({ path }) => path);
  }

  async function usersOf(project: string, { name, pid }: ServiceState): Promise<readonly User[]> {
    const { local, rootless } = await runtime.engine.facts();
    if (local && !rootless && pid !== undefined) return await processUsers(pid);
    // From inside, where there is a program to ask; ids of a user namespace are the container's own there.
    const { code, stdout } = await runtime.exec(project, name, ["cat", "/proc/1/status"], {
      timeout: EXEC_TIMEOUT,
    });
    const user = code === 0 ? parseStatus(Buffer.from(stdout).toString("utf8")) : undefined;
    return user === undefined ? [] : [user];
  }

  async function lastLines(project: string, service: string): Promise<readonly string[]> {
    const lines: string[] = [];
    try {
      for await (const { text } of runtime.logs(project, {
        services: [service],
        tail: LOG_LINES,
        follow: false,
      })) {
        lines.push(text);
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
    return lines.slice(-LOG_LINES);
  }
}

async function answerOf({ address, published }: PublishedPort): Promise<string> {
  const { errno, answer } = await reach(address, published, GREETING);
  const status = /^HTTP\/[\d.]+ \d{3}/.exec(Buffer.from(answer).toString("latin1"))?.[0];
  return status ?? (errno === "ECONNREFUSED" || errno === "ETIMEDOUT" ? "closed" : "open");
}

function noSigns(state: ServiceState): Signs {
  const { restarts } = state;
  return { isDone: isDone(state), restarts, answers: new Map(), listens: undefined, stopsLate: false };
}

/** @returns what it does not do that it should, in a few words */
function lacking(signs: Signs, aim: Signs): string | undefined {
  if (signs.isDone !== aim.isDone) return aim.isDone ? "does not end" : "ended, where it should go on";
  if (signs.stopsLate && !aim.stopsLate) return "does not end in time when it is told to";
  // One more may be chance: services that wait for each other by failing.
  if (signs.restarts > aim.restarts + 1) return `was started ${signs.restarts} times again`;
  for (const [port, answer] of aim.answers) {
    // Not there when the port is not published any more: that it listens there still counts.
    const found = signs.answers.get(port);
    if (found !== undefined && found !== answer)
      return `answers "${found}" on port ${port}, where it was "${answer}"`;
  }
  const silent = aim.listens?.find((port) => signs.listens?.includes(port) === false);
  return silent === undefined ? undefined : `does not listen on port ${silent}`;
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
