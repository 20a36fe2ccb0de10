/** Follows a stack that was just started: its state as it changes, until it is healthy or will not be. */
import { Fault } from "../fault/fault.ts";
import { type SupervisorProcess, supervisorLog } from "./launch.ts";
import { readLog } from "./log-file.ts";
import { logFile, type StackPlaces } from "./stack-spec.ts";
import { progressOf, type StackState } from "./state.ts";
import type { FromSupervisor } from "./supervisor-messages.ts";

/** Disposing takes the stack down. Without a leash, not disposing leaves it up. */
export interface StackHandle extends AsyncDisposable {
  readonly project: string;
  /** The latest known. */
  state(): StackState;
  /**
   * Resolves when every service is healthy, runs without a check, or has exited with 0.
   * @throws Fault `stack/unhealthy` naming the first service that will not, with its last words
   */
  waitHealthy(options?: {
    readonly timeout?: number;
    readonly signal?: AbortSignal | undefined;
  }): Promise<StackState>;
  /** Lets go of it: the calling process may end, and the stack stays up. Only without a leash. */
  release(): void;
}

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
    throw await unhealthyFault(state, places, settled);
  }

  return {
    project: first.project,
    state: () => state,
    waitHealthy,
    release() {
      if (child.connected) child.disconnect();
      child.unref();
    },
    async [Symbol.asyncDispose]() {
      await options.stop();
    },
  };
}

async function unhealthyFault(
  state: StackState,
  places: StackPlaces,
  how: "failed" | "gone" | "late",
): Promise<Fault> {
  if (how === "gone") {
    const words = await supervisorLog(places);
    return new Fault({
      code: "stack/supervisor",
      message: `expected the stack to stay up, but its supervisor ended: ${words}`,
      exit: 2,
    });
  }
  const progress = progressOf(state);
  const service =
    progress.kind === "failed"
      ? progress.service
      : state.services.find((one) => one.status !== "healthy" && one.status !== "running" && !one.settled);
  const name = service?.name ?? state.project;
  const lines = (await readLog(logFile(places, name)).catch(() => [])).slice(-5).map((line) => line.text);
  const check = service?.health.at(-1)?.output.trim();
  return new Fault({
    code: "stack/unhealthy",
    message: `expected service "${name}" to become healthy, found it ${describe(service)}`,
    hint: [
      ...(check === undefined || check === "" ? [] : [`Its health check said: ${check}`]),
      ...(lines.length === 0 ? [] : [`Its last words: ${lines.join(" | ")}`]),
      `See \`seaworthy logs ${name}\`.`,
    ].join("\n"),
    exit: 2,
  });
}

function describe(service: StackState["services"][number] | undefined): string {
  if (service === undefined) return "missing";
  if (service.failure !== undefined) return `not started: ${service.failure}`;
  if (service.status !== "exited") return service.status;
  const how = service.signal === undefined ? `code ${service.exitCode}` : service.signal;
  return `ended with ${how}${service.outOfMemory ? " (out of memory)" : ""}`;
}
