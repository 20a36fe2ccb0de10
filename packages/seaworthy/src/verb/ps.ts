/** `ps`: the services of a project's stack as they are right now, and what becomes of them. */
import { setTimeout as delay } from "node:timers/promises";
import type { StackState } from "../stack/state.ts";
import { openRuntime } from "./running-stack.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

/** Milliseconds between looks. */
const PAUSE = 500;

/** `undefined` when the stack is not up. */
export async function ps(options: ProjectOptions, io: VerbIo): Promise<StackState | undefined> {
  const { project, runtime } = await openRuntime(options, io);
  return await runtime.read(project.compose.name);
}

/** The first at once, then one after the other until the signal; `undefined` while the stack is not up. */
export async function* watchStack(
  options: ProjectOptions,
  io: VerbIo,
): AsyncGenerator<StackState | undefined> {
  const { project, runtime } = await openRuntime(options, io);
  while (!io.signal.aborted) {
    yield await runtime.read(project.compose.name);
    await delay(PAUSE, undefined, { signal: io.signal }).catch(() => undefined);
  }
}
