/** The one process that lays the mounts, becomes `runc run`, and ends with the container's exit code. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { isMissing } from "../../fault/errno.ts";
import { identifyProcess, signalProcess } from "../../shell/process-identity.ts";
import { start, startFault } from "../../shell/run.ts";

export interface Runner {
  readonly pid: number;
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  hasEnded(): boolean;
  /** Kills it, and what it has started that has no session of its own. */
  end(): void;
  /** Its number on the host, once the container's program was started. Rejects when that failed. */
  firstProcess(): Promise<number>;
}

/**
 * Notes the process with its start time as `runner.json` in the bundle, for whoever cleans up after us.
 * @throws Fault `shell/not-found` without util-linux
 */
export async function startRunner(bundle: string, enter: readonly string[], script: string): Promise<Runner> {
  const argv = [...enter, "sh", "-c", script];
  // A session of its own: the terminal's Ctrl-C is for us, and we decide how the container ends.
  const child = start(argv, { stdio: ["pipe", "pipe", "pipe"], detached: true });
  const runner = runnerOf(child, bundle);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(startFault(error, argv)));
  });
  const identity = child.pid === undefined ? undefined : await identifyProcess(child.pid);
  if (identity !== undefined) await writeFile(join(bundle, "runner.json"), JSON.stringify(identity));
  return runner;
}

function runnerOf(child: ReturnType<typeof start>, bundle: string): Runner {
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new TypeError("expected piped streams");
  // Writing to a container that has ended is its caller's normal fate, not a crash.
  stdin.on("error", () => undefined);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    // Known once it was spawned, before which nobody asks.
    pid: child.pid ?? -1,
    stdin,
    // Node throws away what nobody reads when a child ends; a short-lived program would lose its output.
    stdout: stdout.pipe(new PassThrough()),
    stderr: stderr.pipe(new PassThrough()),
    ended: new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal }))),
    hasEnded,
    end: () => {
      if (child.pid !== undefined && !hasEnded()) signalProcess(-child.pid, "SIGKILL");
    },
    firstProcess: () => firstProcess(bundle, hasEnded),
  };
}

/** runc renames the file into its place; crun makes it empty and then writes the number: an empty one says nothing yet. */
async function firstProcess(bundle: string, hasEnded: () => boolean): Promise<number> {
  for (;;) {
    // Asked before the file is looked for: a program that has ended already has left the file.
    const ended = hasEnded();
    const written = await readFile(join(bundle, "pid"), "utf8").catch((error: unknown) => {
      if (isMissing(error)) return "";
      throw error;
    });
    if (written !== "") return Number(written);
    if (ended) throw new Error("runc ended before the container's program was started");
    await delay(5);
  }
}
