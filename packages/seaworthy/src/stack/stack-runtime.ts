/** What the verbs and probes need of whatever runs whole stacks: our own supervisor over runc, or a Docker Engine. */
import type { Engine, ExecResult } from "../engine/engine.ts";
import type { ListeningSocket } from "../net/listeners.ts";
import type { LogLine } from "./log-line.ts";
import type { StackSpec } from "./stack-spec.ts";
import type { StackState } from "./state.ts";

export interface StackRuntime {
  /** Single containers beside the stacks: doubles and twins. */
  readonly engine: Engine;
  /**
   * Resolves when the services have begun to start, each in its turn.
   * @throws Fault `stack/already-running`, `stack/port-taken`, and those of the engine
   */
  start(spec: StackSpec, options: StartStackOptions): Promise<StackHandle>;
  /** `undefined` when it is not up. */
  read(project: string): Promise<StackState | undefined>;
  /** Ends a stack and removes all that is left of it, also after a crash. @returns whether there was anything */
  stop(project: string, options: StopStackOptions): Promise<boolean>;
  /**
   * Runs a program in a service, confined like its first process.
   * @throws Fault `stack/not-running`, `stack/unknown-service`
   */
  exec(
    project: string,
    service: string,
    argv: readonly string[],
    options?: { readonly timeout?: number; readonly stdin?: Uint8Array },
  ): Promise<ExecResult>;
  /** What was printed, each service's lines in their order; with `follow`, also what comes, until the stack is down. */
  logs(project: string, options: LogOptions): AsyncIterable<ServiceLogLine>;
  /** One reading of every running service. */
  stats(project: string): Promise<readonly ServiceStats[]>;
  /** Stops one service and starts it again, whatever its restart policy. */
  restart(project: string, service: string): Promise<void>;
  /**
   * Sends the stop signal to the first process, waits at most the service's grace, kills what is late, and sees to it
   * that the service is started again. @returns `undefined` when it did not run
   */
  bounce(project: string, service: string): Promise<Stopped | undefined>;
  /** As `bounce`; and the service's volumes are new and empty after it. Only ever asked of a double. */
  loseVolumes(project: string, service: string): Promise<void>;
  /** Paths that were added, changed or deleted in a service's root file system since its start; mounts are not of it. */
  changes(project: string, service: string): Promise<readonly FileChange[]>;
  /** The sockets of this machine's own network that listen for a service, each as the kernel has it. */
  hostListeners(project: string): Promise<readonly ListeningSocket[]>;
  /** The sockets that a service itself listens on, in its own network; `undefined` where that cannot be seen. */
  insideListeners(project: string, service: string): Promise<readonly ListeningSocket[] | undefined>;
}

export interface StartStackOptions {
  /** Whether the stack ends with the calling process, however that ends. */
  readonly leash: boolean;
  readonly onChange?: (state: StackState) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface StopStackOptions {
  /** Full names of the volumes to remove too. */
  readonly volumes?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export interface LogOptions {
  /** All when left out. */
  readonly services?: readonly string[] | undefined;
  /** Lines from the end of each service's log; all of what is kept when left out. */
  readonly tail?: number | undefined;
  readonly since?: Date | undefined;
  readonly follow: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface ServiceLogLine extends LogLine {
  readonly service: string;
}

/** A reading of one service. */
export interface ServiceStats {
  readonly service: string;
  /** CPU time used so far, in milliseconds. */
  readonly cpuTime: number;
  /** In bytes, without what the kernel can drop. */
  readonly memory: number;
  /** In bytes. */
  readonly memoryLimit: number | undefined;
  readonly processes: number;
  readonly processLimit: number | undefined;
}

export interface FileChange {
  /** Absolute, in the container. */
  readonly path: string;
  readonly kind: "added" | "changed" | "deleted";
}

/** How a process that was asked to stop did so; with neither code nor signal when the engine did not tell. */
export interface Stopped {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** In milliseconds. */
  readonly took: number;
  /** Whether it had to be killed. */
  readonly late: boolean;
}

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
  /** Whether whatever watches over the stack still does. */
  isWatched(): Promise<boolean>;
  /** Lets go of it: the calling process may end, and the stack stays up. Only without a leash. */
  release(): void;
}
