/** Follows a stack that was just started: its state as it changes, until it is healthy or will not be. */
import { Fault } from "../../fault/fault.ts";
import type { StackHandle } from "../stack-runtime.ts";
import { progressOf, type StackState } from "../state.ts";
import { unhealthyFault } from "../unhealthy.ts";
import { type SupervisorProcess, supervisorLog } from "./launch.ts";
import { readLog } from "./log-file.ts";
import { logFile, type StackPlaces } from "./stack-places.ts";
import type { FromSupervisor } from "./supervisor-messages.ts";

interface HandleOptions {
  readonly onChange: ((state: StackState) => void) | undefined;
  readonly stop: () => Promise<unknown>;
}

export function stackHandle(
  child: SupervisorProcess,
  first: StackState,
  places: StackPlaces,
  options: HandleOptions,
): StackHandle {
  const looking = new Set<() => void>();
  let state = first;
  let gone = false;
  options.onChange?.(first);
  child.on("message", (message) => {
    const told = message as FromSupervisor;
    if (told.kind !== "state") return;
    state = told.state;
    options.onChange?.(state);
    for (const look of looking) look();
  });
  child.once("exit", () => {
    gone = true;
    for (const look of looking) look();
  });

  async function waitHealthy(wait: Parameters<StackHandle["waitHealthy"]>[0] = {}): Promise<StackState> {
    const limits = [wait.signal, wait.timeout === undefined ? undefined : AbortSignal.timeout(wait.timeout)];
    const signal = AbortSignal.any(limits.filter((one) => one !== undefined));
    const settled = await new Promise<"ready" | "failed" | "gone" | "late">((resolve) => {
      const look = (): void => {
        const progress = progressOf(state);
        const verdict = gone ? "gone" : signal.aborted ? "late" : progress.kind;
        if (verdict === "waiting") return;
        looking.delete(look);
        resolve(verdict);
      };
      looking.add(look);
      signal.addEventListener("abort", look, { once: true });
      look();
    });
    wait.signal?.throwIfAborted();
    if (settled === "ready") return state;
    throw await unhealthy(state, places, settled);
  }

  return {
    project: first.project,
    state: () => state,
    waitHealthy,
    isWatched: () => Promise.resolve(!gone),
    release() {
      if (child.connected) child.disconnect();
      child.unref();
    },
    async [Symbol.asyncDispose]() {
      await options.stop();
    },
  };
}

async function unhealthy(
  state: StackState,
  places: StackPlaces,
  how: "failed" | "gone" | "late",
): Promise<Fault> {
  if (how !== "gone") {
    return await unhealthyFault(state, async (service) =>
      (await readLog(logFile(places, service))).map(({ text }) => text),
    );
  }
  return new Fault({
    code: "stack/supervisor",
    message: `expected the stack to stay up, but its supervisor ended: ${await supervisorLog(places)}`,
    exit: 2,
  });
}
