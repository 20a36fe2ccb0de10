/** A second process in a container, with its output collected and a time-out that really ends it. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { errnoOf } from "../../fault/errno.ts";
import { signalProcess } from "../../shell/process-identity.ts";
import type { ExecResult } from "../engine.ts";
import type { DockerClient } from "./client.ts";
import { badAnswer } from "./engine-fault.ts";
import type { Execution } from "./execution.ts";

export interface ExecPlace {
  readonly client: DockerClient;
  readonly id: string;
  /** Whether the container's processes are ours to see by number. */
  readonly local: boolean;
}

/** Bytes kept of each stream; what comes after is dropped. */
const OUTPUT = 1024 * 1024;
/** Milliseconds for a process to be gone after it was killed. */
const ENDING = 5_000;
/** Names the process for those who must find it from within. */
const MARK = "SEAWORTHY_EXEC";

/** @param options `timeout` in milliseconds */
export async function execIn(
  place: ExecPlace,
  argv: readonly string[],
  options: { readonly timeout?: number; readonly stdin?: Uint8Array },
): Promise<ExecResult> {
  const mark = randomBytes(8).toString("hex");
  const isMarked = !mayKill(place);
  const execution = await place.client.containers.exec(place.id, {
    argv,
    stdin: options.stdin !== undefined,
    ...(isMarked ? { env: [`${MARK}=${mark}`] } : {}),
  });
  const collected = Promise.all([collect(execution.stdout), collect(execution.stderr)]);
  collected.catch(() => undefined);
  if (options.stdin !== undefined) execution.stdin.end(options.stdin);
  const timedOut = await endsLate(execution, options.timeout);
  if (timedOut) {
    await endIt(place, execution, mark);
    await endsLate(execution, ENDING);
    execution[Symbol.dispose]();
  }
  await execution.closed;
  const output = await outputOf(collected, argv);
  if (timedOut) return { code: undefined, ...output, timedOut };
  return { code: await exitCode(execution), ...output, timedOut };
}

/** The engine closes the streams of a process a moment before it notes down how the process has ended. */
async function exitCode(execution: Execution): Promise<number | undefined> {
  for (const deadline = Date.now() + ENDING; ; ) {
    const { code } = await execution.inspect();
    if (code !== undefined || Date.now() > deadline) return code;
    await delay(10);
  }
}

async function outputOf(
  collected: Promise<readonly [Uint8Array, Uint8Array]>,
  argv: readonly string[],
): Promise<{ readonly stdout: Uint8Array; readonly stderr: Uint8Array }> {
  try {
    const [stdout, stderr] = await collected;
    return { stdout, stderr };
  } catch (error) {
    throw badAnswer(
      `the output of ${argv[0] ?? "a program"}`,
      error instanceof Error ? error.message : String(error),
    );
  }
}

/** Whether it still runs when the time is up. */
async function endsLate(execution: Execution, patience: number | undefined): Promise<boolean> {
  if (patience === undefined) return execution.closed.then(() => false);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), patience);
  });
  try {
    return await Promise.race([execution.closed.then(() => false), late]);
  } finally {
    clearTimeout(timer);
  }
}

function mayKill({ local }: ExecPlace): boolean {
  return local && process.geteuid?.() === 0;
}

/** The API has no call for it: an engine lets an exec run on when its caller has gone. */
async function endIt(place: ExecPlace, execution: Execution, mark: string): Promise<void> {
  const { code, pid } = await execution.inspect();
  if (code !== undefined) return;
  await (mayKill(place) ? killLocal(pid, place.id) : killFromWithin(place, mark));
}

/** Only a process whose control group is the container's; its whole group, for an exec leads one of its own. */
async function killLocal(pid: number, container: string): Promise<void> {
  if (pid <= 1) return;
  try {
    const cgroup = await readFile(`/proc/${pid}/cgroup`, "utf8");
    if (cgroup.includes(container)) signalProcess(-pid, "SIGKILL");
  } catch (error) {
    if (errnoOf(error) !== "ENOENT" && errnoOf(error) !== "ESRCH") throw error;
  }
}

const KILL_MARKED = `
for one in /proc/[0-9]*; do
  if tr '\\0' '\\n' <"$one/environ" 2>/dev/null | grep -qx "$1"; then kill -9 "\${one#/proc/}"; fi
done`;

/** For whoever cannot signal it. Needs a shell in the image; without one the process stays until the container ends. */
async function killFromWithin({ client, id }: ExecPlace, mark: string): Promise<void> {
  const killer = await client.containers.exec(id, {
    argv: ["/bin/sh", "-c", KILL_MARKED, "kill", `${MARK}=${mark}`],
  });
  await endsLate(killer, ENDING);
  killer[Symbol.dispose]();
}

async function collect(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let kept = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    const room = chunk.subarray(0, OUTPUT - kept);
    if (room.length > 0) chunks.push(room);
    kept += room.length;
  }
  return Buffer.concat(chunks);
}
