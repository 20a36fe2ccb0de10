/** What the starter of a stack holds: its state, waiting until it is up, letting go of it, and its end. */
import type { StackHandle } from "../stack-runtime.ts";
import { progressOf, type StackState } from "../state.ts";
import { unhealthyFault } from "../unhealthy.ts";
import type { StartedStack } from "./start.ts";

export interface HandleParts extends StartedStack {
  readonly project: string;
  lastLines(service: string): Promise<readonly string[]>;
  /** Takes the stack down. */
  stop(): Promise<unknown>;
}

export function stackHandle({ project, live, leash, lastLines, stop }: HandleParts): StackHandle {
  async function waitHealthy(wait: Parameters<StackHandle["waitHealthy"]>[0] = {}): Promise<StackState> {
    const limits = [wait.signal, wait.timeout === undefined ? undefined : AbortSignal.timeout(wait.timeout)];
    const signal = AbortSignal.any(limits.filter((one) => one !== undefined));
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    while (!signal.aborted) {
      const { kind } = progressOf(live.state());
      if (kind === "ready") return live.state();
      if (kind === "failed") break;
      await Promise.race([live.changed(), aborted]);
    }
    wait.signal?.throwIfAborted();
    throw await unhealthyFault(live.state(), lastLines);
  }

  let disposed: Promise<void> | undefined;
  async function dispose(): Promise<void> {
    live[Symbol.dispose]();
    await stop();
    leash?.release();
  }

  return {
    project,
    state: () => live.state(),
    waitHealthy,
    isWatched: () => Promise.resolve(live.isWatched() && leash?.holds() !== false),
    release: () => live[Symbol.dispose](),
    [Symbol.asyncDispose]: () => (disposed ??= dispose()),
  };
}
