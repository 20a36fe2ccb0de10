/** Looks at the services of a stack that runs: how they show that they work, what they wrote, and who they are. */
import { setTimeout as delay } from "node:timers/promises";
import type { User } from "../engine/container.ts";
import type { ExecResult } from "../engine/engine.ts";
import type { StackService } from "../engine/stack-service.ts";
import { Fault } from "../fault/fault.ts";
import { isLoopback, processTree } from "../net/listeners.ts";
import { leaveOrphans, type OrphanMaker } from "../stack/orphans.ts";
import { parseRights, rightsOf, usersOf } from "../stack/processes.ts";
import type { StackHandle, StackRuntime } from "../stack/stack-runtime.ts";
import type { ServiceState } from "../stack/state.ts";
import { findCheck } from "./find-check.ts";
import type { Usage } from "./limits.ts";
import { isDone, isUp } from "./settle.ts";
import { answersOf, lacking, noSigns, type Signs } from "./signs.ts";

export interface Look {
  readonly state: ServiceState;
  readonly signs: Signs;
  /** Paths of its root file system that it wrote. */
  readonly writes: readonly string[];
  readonly users: readonly User[];
  readonly usage: Usage | undefined;
  readonly check: readonly string[] | undefined;
  /** Whether orphans stayed with its first process; `undefined` where that could not be seen. */
  readonly keepsZombies: boolean | undefined;
}

export interface Scene {
  readonly handle: StackHandle;
  readonly runtime: StackRuntime;
  readonly signal: AbortSignal | undefined;
  /** By service, what it showed the first time: it is given time to show as much. */
  readonly aims: ReadonlyMap<string, Signs>;
  /** Those that had to be killed when they were told to stop. */
  readonly late: ReadonlySet<string>;
  /** By service, the program that can ask for its health, once it was looked for. */
  readonly checks: Map<string, readonly string[] | undefined>;
  /** By service, what leaves orphans in it. */
  readonly makers: ReadonlyMap<string, OrphanMaker>;
  /** By service, once it was seen. */
  readonly keepZombies: Map<string, boolean>;
}

const ANSWER_PATIENCE = 5_000;
const EXEC_TIMEOUT = 5_000;
const ORPHAN_PATIENCE = 3_000;

/** By service; one that the stack does not know is left out. */
export async function lookAtAll(
  scene: Scene,
  services: readonly StackService[],
): Promise<ReadonlyMap<string, Look>> {
  const looks = await Promise.all(
    services.map(async (service) => [service.container.name, await lookAt(scene, service)] as const),
  );
  const usages = await scene.runtime.stats(scene.handle.project);
  // After that: a zombie counts as a process.
  await Promise.all(services.map((service) => lookForZombies(scene, service)));
  return new Map(
    looks.flatMap(([name, look]) => {
      if (look === undefined) return [];
      const usage = usages.find(({ service }) => service === name);
      return [[name, { ...look, usage, keepsZombies: scene.keepZombies.get(name) }] as const];
    }),
  );
}

async function lookForZombies(scene: Scene, { container: { name } }: StackService): Promise<void> {
  const { handle, runtime, makers, keepZombies, signal } = scene;
  const maker = makers.get(name);
  const state = handle.state().services.find((one) => one.name === name);
  if (maker === undefined || keepZombies.has(name) || state === undefined || !isUp(state)) return;
  const exec = (argv: readonly string[], stdin: Uint8Array): Promise<ExecResult> =>
    runtime.exec(handle.project, name, argv, { stdin, timeout: EXEC_TIMEOUT });
  try {
    const seen = await leaveOrphans({ first: state.pid, exec }, maker, ORPHAN_PATIENCE, signal);
    if ("left" in seen) keepZombies.set(name, seen.left > 0);
  } catch (error) {
    // It ended meanwhile: another start shows it.
    if (!(error instanceof Fault)) throw error;
  }
}

async function lookAt(
  scene: Scene,
  service: StackService,
): Promise<Omit<Look, "usage" | "keepsZombies"> | undefined> {
  const { name } = service.container;
  const stateNow = (): ServiceState | undefined =>
    scene.handle.state().services.find((one) => one.name === name);
  const before = stateNow();
  if (before === undefined) return undefined;
  const isRunning = isUp(before) && !isDone(before);
  const signs = isRunning ? await signsOf(scene, service, before) : noSigns(before);
  return {
    state: stateNow() ?? before,
    signs,
    writes: await writesOf(scene, name),
    users: isRunning ? await usersOfService(scene, before) : [],
    check: isRunning ? await checkOf(scene, service, signs) : undefined,
  };
}

/** What comes late is waited for: a service may run for a while before it listens. */
async function signsOf(
  { handle, runtime, signal, aims, late }: Scene,
  { container: { name }, ports }: StackService,
  { restarts }: ServiceState,
): Promise<Signs> {
  const aim = aims.get(name);
  const deadline = Date.now() + ANSWER_PATIENCE;
  for (;;) {
    signal?.throwIfAborted();
    const answers = await answersOf(ports);
    const sockets = await runtime.insideListeners(handle.project, name);
    // What only the container itself can reach is its own affair, such as Docker's name server in it.
    const listens = sockets?.filter(({ address }) => !isLoopback(address)).map(({ port }) => port);
    const signs: Signs = { isDone: false, restarts, answers, listens, stopsLate: late.has(name) };
    const isAll =
      aim === undefined ? ![...answers.values()].includes("closed") : lacking(signs, aim) === undefined;
    if (isAll || Date.now() > deadline) return signs;
    await delay(100);
  }
}

async function writesOf({ runtime, handle, makers }: Scene, name: string): Promise<readonly string[]> {
  // Of one that ended, an engine may know nothing any more.
  const changes = await runtime.changes(handle.project, name).catch((error: unknown) => {
    if (error instanceof Fault) return [];
    throw error;
  });
  // What was mounted by us leaves a place to mount it on.
  const own = makers.get(name)?.target;
  return changes.filter(({ kind, path }) => kind !== "deleted" && path !== own).map(({ path }) => path);
}

/** Of the first process and all that came from it; a health check, which the engine starts beside it, is not among them. */
async function usersOfService(
  { runtime, handle }: Scene,
  { name, pid }: ServiceState,
): Promise<readonly User[]> {
  const { local } = await runtime.engine.facts();
  if (local && pid !== undefined) {
    const rights = await Promise.all((await processTree(pid)).map(rightsOf));
    return usersOf(rights.filter((one) => one !== undefined));
  }
  // From inside, where there is a program to ask.
  const { code, stdout } = await runtime.exec(handle.project, name, ["cat", "/proc/1/status"], {
    timeout: EXEC_TIMEOUT,
  });
  return code === 0 ? usersOf([parseRights(1, Buffer.from(stdout).toString("utf8"))]) : [];
}

/** Nobody has said how to ask for its health: perhaps its image can. */
async function checkOf(
  { runtime, handle, signal, checks }: Scene,
  service: StackService,
  { listens }: Signs,
): Promise<readonly string[] | undefined> {
  const { name } = service.container;
  if (service.healthCheck !== undefined) return undefined;
  if (checks.has(name)) return checks.get(name);
  const check = await findCheck(service, listens ?? [], {
    exec: (argv) => runtime.exec(handle.project, name, argv, { timeout: EXEC_TIMEOUT }),
    signal,
  });
  checks.set(name, check);
  return check;
}
