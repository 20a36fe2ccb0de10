/** The one place that starts processes: no shell in between, output capped, time-outs and aborts kill the whole group. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { constants } from "node:os";
import { errnoOf } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment; the caller's own when left out. */
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: Uint8Array;
  /** In milliseconds; the process group is killed when it passes. */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
  /** Bytes kept of each stream; what comes after is dropped. 16 MiB unless said otherwise. */
  readonly maxOutput?: number;
  readonly onOutput?: (chunk: Uint8Array) => void;
}

/** One shape for success and failure: a non-zero exit is an outcome, not an exception. */
export interface Outcome {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly timedOut: boolean;
}

const DEFAULT_MAX_OUTPUT = 16 * 1024 * 1024;

/**
 * Starts a process and leaves it to the caller, who must end it.
 * @throws Fault `shell/not-found` through the child's `error` event, see {@link startFault}.
 */
export function start(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const [file, ...args] = argv;
  if (file === undefined) throw new TypeError("expected a program to start, found an empty list");
  return spawn(file, args, { ...options, shell: false });
}

/**
 * Runs a process to its end in a group of its own.
 * @throws Fault `shell/not-found` when the program is missing or may not be executed
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  options.signal?.throwIfAborted();
  const child = start(argv, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    detached: true,
  });
  const limit = options.maxOutput ?? DEFAULT_MAX_OUTPUT;
  const stdout = collect(child.stdout, limit, options.onOutput);
  const stderr = collect(child.stderr, limit, options.onOutput);
  let timedOut = false;
  const timer =
    options.timeout === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          killGroup(child);
        }, options.timeout);
  const abort = (): void => killGroup(child);
  options.signal?.addEventListener("abort", abort, { once: true });
  if (child.stdin !== null) {
    // A process that ends without reading its input is its own affair.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.stdin);
  }
  try {
    const { code, signal } = await ended(child, argv);
    options.signal?.throwIfAborted();
    return { code, signal, stdout: stdout(), stderr: stderr(), timedOut };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", abort);
  }
}

/** What a `spawn` error means to the user. */
export function startFault(error: unknown, argv: readonly string[]): Fault {
  const program = argv[0] ?? "";
  const why = errnoOf(error) === "ENOENT" ? "it is not on this machine" : (errnoOf(error) ?? String(error));
  return new Fault({
    code: "shell/not-found",
    message: `expected to start "${program}", but ${why}`,
    hint: `Install the package that has ${program}, or put it on PATH.`,
    exit: 2,
    cause: error,
  });
}

/** Kills a process that was started with `detached: true`, and all it started, at once. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, constants.signals.SIGKILL);
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}

function ended(
  child: ChildProcess,
  argv: readonly string[],
): Promise<{ code: number | undefined; signal: string | undefined }> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(startFault(error, argv)));
    child.once("close", (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
}

function collect(
  stream: NodeJS.ReadableStream | null,
  limit: number,
  onOutput: ((chunk: Uint8Array) => void) | undefined,
): () => Uint8Array {
  const chunks: Uint8Array[] = [];
  let kept = 0;
  stream?.on("data", (chunk: Buffer) => {
    onOutput?.(chunk);
    const room = chunk.subarray(0, limit - kept);
    if (room.length === 0) return;
    chunks.push(room);
    kept += room.length;
  });
  return () => Buffer.concat(chunks);
}
