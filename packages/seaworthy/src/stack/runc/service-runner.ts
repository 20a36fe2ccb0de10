/** The life of one service: started, watched, logged, started again when its policy says so, and stopped. */
import { setTimeout as delay } from "node:timers/promises";
import type { Engine, ExecResult, NetworkHandle, Running, StartOptions } from "../../engine/engine.ts";
import type { StackService } from "../../engine/stack-service.ts";
import type { Stopped } from "../stack-runtime.ts";
import type { ServiceState } from "../state.ts";
import { keepLog, type LogSink } from "./log-file.ts";
import { loseVolumes } from "./lose-volumes.ts";
import { failedStarts, restartDelay } from "./restart.ts";
import { watchHealth } from "./watch-health.ts";

export interface ServiceContext {
  readonly engine: Engine;
  readonly start: Pick<StartOptions, "network" | "hosts">;
  /** By which others may join the network it is in. */
  readonly network: NetworkHandle | undefined;
  readonly log: LogSink;
  readonly onChange: () => void;
}

export interface ServiceRunner {
  state(): ServiceState;
  /** Begins its life; it ends with `stop`, or when no restart is due. */
  start(): void;
  /** Ends a service that never came to start, saying why. */
  giveUp(reason: string): void;
  /** With the service's signal and grace, then SIGKILL. Resolves when nothing of it is left. */
  stop(): Promise<void>;
  /**
   * Stops it in the same way, and starts it again whatever its policy. Resolves when the old container has ended.
   * @param options.loseVolumes whether the new one finds its volumes new and empty
   * @returns `undefined` when it does not run
   */
  bounce(options: { readonly loseVolumes: boolean }): Promise<Stopped | undefined>;
  exec(argv: readonly string[], options: { timeout?: number; stdin?: Uint8Array }): Promise<ExecResult>;
}

export function serviceRunner(service: StackService, context: ServiceContext): ServiceRunner {
  const { container } = service;
  const stopping = new AbortController();
  let running: Running | undefined;
  let life: Promise<void> = Promise.resolve();
  let again: { readonly loseVolumes: boolean } | undefined;
  let state: ServiceState = {
    name: container.name,
    status: "created",
    image: { reference: container.image.reference, digest: container.image.manifest.digest },
    ports: service.ports,
    outOfMemory: false,
    restarts: 0,
    settled: false,
    health: [],
  };

  function change(changes: Partial<ServiceState>): void {
    state = { ...state, ...changes };
    context.onChange();
  }

  async function live(): Promise<void> {
    for (let failed = 0; !stopping.signal.aborted; change({ restarts: state.restarts + 1 })) {
      const began = Date.now();
      change({ status: "starting", health: [], failure: undefined });
      running = await context.engine.start(container, { ...context.start, signal: stopping.signal });
      const exit = await attend(running);
      failed = failedStarts(failed, Date.now() - began);
      const wait = again === undefined ? restartDelay(service.restart, exit, state.restarts, failed) : 0;
      if (again?.loseVolumes === true) await loseVolumes(container);
      again = undefined;
      const over = wait === undefined || stopping.signal.aborted;
      change({ ...exited(exit), outOfMemory: exit.outOfMemory, settled: over });
      if (over) return;
      await delay(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  /** From the first process's start until it has ended and nothing of the container is left. */
  async function attend(started: Running): Promise<Awaited<Running["exited"]>> {
    await using owned = started;
    const ended = new AbortController();
    change({
      status: service.healthCheck === undefined ? "running" : "starting",
      containerId: owned.id,
      pid: owned.pid,
      network: context.network,
      startedAt: new Date().toISOString(),
      finishedAt: undefined,
      exitCode: undefined,
      signal: undefined,
    });
    const logs = [keepLog(owned.stdout, "stdout", context.log), keepLog(owned.stderr, "stderr", context.log)];
    const health =
      service.healthCheck === undefined
        ? Promise.resolve()
        : watchHealth(owned, service.healthCheck, ended.signal, (status, result) =>
            change({ status, health: [...state.health, result].slice(-5) }),
          );
    const exit = await owned.exited;
    running = undefined;
    ended.abort();
    await Promise.all([...logs, health]);
    return exit;
  }

  function exited(exit: { code: number | undefined; signal: string | undefined }): Partial<ServiceState> {
    return {
      status: "exited",
      pid: undefined,
      network: undefined,
      containerId: undefined,
      exitCode: exit.code,
      signal: exit.signal,
      finishedAt: new Date().toISOString(),
    };
  }

  async function end(): Promise<Stopped | undefined> {
    const current = running;
    if (current === undefined) return undefined;
    const grace = new AbortController();
    const began = Date.now();
    await current.kill(container.stopSignal);
    const patience = delay(container.stopGrace, "late" as const, { signal: grace.signal }).catch(
      () => "ended",
    );
    const late = (await Promise.race([current.exited, patience])) === "late";
    grace.abort();
    const took = Date.now() - began;
    if (late) await current.kill("SIGKILL");
    const { code, signal } = await current.exited;
    return { code, signal, took, late };
  }

  function giveUp(reason: string): void {
    change({ status: "exited", pid: undefined, containerId: undefined, failure: reason, settled: true });
  }

  return {
    state: () => state,
    giveUp,
    start() {
      life = live().catch((error: unknown) => {
        if (!stopping.signal.aborted) giveUp(error instanceof Error ? error.message : String(error));
      });
    },
    async stop() {
      // Before the signal: aborting kills at once, which is for a container that has not come up yet.
      await end();
      stopping.abort();
      await life;
      if (!state.settled) change({ status: "exited", settled: true });
    },
    async bounce(options) {
      if (running !== undefined) again = options;
      return await end();
    },
    exec(argv, options) {
      if (running === undefined) return Promise.reject(new Error(`${container.name} is not running`));
      return running.exec(argv, options);
    },
  };
}
