/** Waits until every service of a stack is up, or will not be. */
import { setTimeout as delay } from "node:timers/promises";
import type { StackService } from "../engine/stack-service.ts";
import type { StackHandle } from "../stack/stack-runtime.ts";
import type { ServiceState, StackState } from "../stack/state.ts";

/** How long a service without a health check must run to be taken for up. */
const STEADY = 2_000;
const MOST_RESTARTS = 6;

export interface Settling {
  /** In milliseconds. */
  readonly patience: number;
  readonly signal: AbortSignal | undefined;
  /** By service, the processes of lives that were ended: what is still said of them is old. */
  readonly former?: ReadonlyMap<string, number>;
  /** The one service that is waited for; all of them when left out. */
  readonly only?: string;
}

/** Resolves also when the patience is over: the state then tells who is not up. */
export async function settle(
  handle: StackHandle,
  services: readonly StackService[],
  { patience, signal, former = new Map(), only }: Settling,
): Promise<StackState> {
  const deadline = Date.now() + patience;
  for (;;) {
    signal?.throwIfAborted();
    const state = handle.state();
    const isNowSettled = (one: ServiceState): boolean =>
      (one.pid === undefined || one.pid !== former.get(one.name)) && isSettled(one, services, state);
    const awaited = state.services.filter(({ name }) => only === undefined || name === only);
    if (Date.now() > deadline || awaited.every(isNowSettled)) return state;
    await delay(50);
  }
}

function isSettled(one: ServiceState, services: readonly StackService[], state: StackState): boolean {
  if (isUp(one)) return one.status !== "running" || hasRunFor(one, STEADY);
  if (isOver(one)) return true;
  const dependencies = services.find(({ container }) => container.name === one.name)?.dependsOn ?? [];
  const isBlocked = dependencies.some(({ service }) =>
    state.services.some((other) => other.name === service && isOver(other) && !isUp(other)),
  );
  return isBlocked && one.pid === undefined;
}

function hasRunFor({ startedAt }: ServiceState, time: number): boolean {
  return startedAt !== undefined && Date.now() - new Date(startedAt).getTime() >= time;
}

/** It runs and is healthy as far as anybody asks, or has done its work. */
export function isUp(state: ServiceState): boolean {
  return state.status === "healthy" || state.status === "running" || isDone(state);
}

export function isDone({ status, settled, exitCode, failure }: ServiceState): boolean {
  return status === "exited" && settled && exitCode === 0 && failure === undefined;
}

function isOver(state: ServiceState): boolean {
  return state.status === "unhealthy" || state.settled || state.restarts >= MOST_RESTARTS;
}

/** In a few words. */
export function problemOf(state: ServiceState): string {
  const { status, failure, exitCode, signal, outOfMemory, health } = state;
  if (failure !== undefined) return failure;
  if (status === "exited")
    return `ended with ${outOfMemory ? "out of memory" : (signal ?? `exit code ${exitCode}`)}`;
  const said = health.at(-1)?.output.trim() ?? "";
  return said === "" ? `is ${status}` : `is ${status}: ${said}`;
}
