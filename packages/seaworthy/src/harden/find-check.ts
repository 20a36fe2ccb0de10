/** Finds a program in a running container that can tell whether its service works. */
import { setTimeout as delay } from "node:timers/promises";
import type { ExecResult } from "../engine/engine.ts";
import type { StackService } from "../engine/stack-service.ts";
import { Fault } from "../fault/fault.ts";
import { healthPrograms } from "./health-programs.ts";

export interface FindCheckOptions {
  exec(argv: readonly string[]): Promise<ExecResult>;
  readonly signal?: AbortSignal | undefined;
}

/** In milliseconds: a data store that is being set up refuses for a while. */
const PATIENCE = 20_000;
/** As a shell, an engine and a runtime say that there is no such program. */
const NOT_THERE: ReadonlySet<number | undefined> = new Set([126, 127, 255, undefined]);

/** The first that ends with 0; `undefined` when none of them is there, or none is content. */
export async function findCheck(
  service: StackService,
  listening: readonly number[],
  { exec, signal }: FindCheckOptions,
): Promise<readonly string[] | undefined> {
  let candidates = healthPrograms(service, listening);
  const deadline = Date.now() + PATIENCE;
  while (candidates.length > 0) {
    const there: (readonly string[])[] = [];
    for (const argv of candidates) {
      signal?.throwIfAborted();
      const { code, timedOut } = await outcomeOf(exec(argv));
      if (code === 0) return argv;
      // One that takes its time is there: on a machine with much to do, it may have been about to answer.
      if (timedOut || !NOT_THERE.has(code)) there.push(argv);
    }
    if (Date.now() > deadline) return undefined;
    candidates = there;
    await delay(200);
  }
  return undefined;
}

/** Some engines refuse to start what is not there. */
async function outcomeOf(result: Promise<ExecResult>): Promise<Pick<ExecResult, "code" | "timedOut">> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof Fault) return { code: undefined, timedOut: false };
    throw error;
  }
}
