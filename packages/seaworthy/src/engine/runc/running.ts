/** A container that runc started: waiting for it, joining it, ending it, and leaving nothing of it. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { isMissing } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import { processTree } from "../../net/listeners.ts";
import { signalProcess } from "../../shell/process-identity.ts";
import { type Outcome, run } from "../../shell/run.ts";
import type { ExecResult, Exit, Running } from "../engine.ts";
import { outOfMemoryKills, removeCgroup, removeEmptyParents } from "./cgroup.ts";
import { type Members, membersOf } from "./members.ts";
import { removeTree } from "./remove-tree.ts";
import { isRootless, joinRunner } from "./rootless.ts";
import type { Runner } from "./runner.ts";
import type { RuntimeSpec, SpecProcess } from "./runtime-spec.ts";

export interface RunningParts {
  readonly id: string;
  readonly pid: number;
  readonly runner: Runner;
  readonly bundle: string;
  /** Below the cgroup root. */
  readonly cgroup: string;
  /** What the runtime keeps of it. */
  readonly state: string;
  readonly spec: RuntimeSpec;
  /** runc with its global options. */
  readonly runc: (...args: readonly string[]) => readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The engine's containers that are starting or running, this one included: they share parent groups. */
  readonly active: Set<string>;
}

const EXEC_OUTPUT = 1024 * 1024;

export function runningContainer(parts: RunningParts): Running {
  const { runner, runc, env, id } = parts;
  const members = membersOf(parts.bundle, parts.cgroup);
  const exited = exitOf(runner, parts.cgroup);
  const enter = joinRunner(runner.pid);
  let executions = 0;
  let disposed: Promise<void> | undefined;

  async function exec(
    argv: readonly string[],
    options: { readonly timeout?: number; readonly stdin?: Uint8Array } = {},
  ): Promise<ExecResult> {
    executions += 1;
    const pidFile = join(parts.bundle, `exec-${executions}.pid`);
    const processFile = join(parts.bundle, `exec-${executions}.json`);
    const joined: SpecProcess = { ...parts.spec.process, args: argv };
    await writeFile(processFile, JSON.stringify(joined));
    // Only the runtime is killed when time is up; the process it started is the container's, and with crun holds our pipes.
    let isLate = false;
    const end = (): void => {
      isLate = true;
      void killJoined(pidFile, members).catch(() => undefined);
    };
    const timer = options.timeout === undefined ? undefined : setTimeout(end, options.timeout);
    const outcome = await run(
      [...enter, ...runc("exec", "--process", processFile, "--pid-file", pidFile, id)],
      {
        env,
        maxOutput: EXEC_OUTPUT,
        ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
        ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      },
    );
    clearTimeout(timer);
    if (outcome.timedOut) await killJoined(pidFile, members);
    await Promise.all([pidFile, processFile].map((file) => rm(file, { force: true })));
    const { code, stdout, stderr, timedOut } = outcome;
    // Either timer may be first; the runtime then ends as its process did, or is ended itself.
    return isLate ? { code: undefined, stdout, stderr, timedOut: true } : { code, stdout, stderr, timedOut };
  }

  async function kill(signal: string): Promise<void> {
    const outcome = await run([...enter, ...runc("kill", id, signal)], { env });
    if (outcome.code === 0 || runner.hasEnded()) return;
    if (/not running|process already finished|does not exist/.test(textOf(outcome))) return;
    throw new Fault({
      code: "engine/kill",
      message: `expected to send ${signal} to container ${id}, but ${textOf(outcome)}`,
      exit: 2,
    });
  }

  async function dispose(): Promise<void> {
    await members.kill();
    await exited;
    await removeContainer(parts);
  }

  return {
    id,
    pid: parts.pid,
    stdin: runner.stdin,
    stdout: runner.stdout,
    stderr: runner.stderr,
    exited,
    exec,
    kill,
    [Symbol.asyncDispose]: () => (disposed ??= dispose()),
  };
}

/** Removes what is left of a container whose processes have ended. */
export async function removeContainer(parts: Omit<RunningParts, "pid" | "runner">): Promise<void> {
  parts.active.delete(parts.id);
  if (isRootless()) {
    // All there is beside processes and mounts, which end with them.
    await rm(parts.state, { recursive: true, force: true });
  } else {
    await run(parts.runc("delete", "--force", parts.id), { env: parts.env, timeout: 10_000 });
    await removeCgroup(parts.cgroup);
    // Not while another is about to make its own group below them.
    if (parts.active.size === 0) await removeEmptyParents(parts.cgroup);
  }
  await removeTree(parts.bundle);
}

async function exitOf(runner: Runner, cgroup: string): Promise<Exit> {
  const { code, signal } = await runner.ended;
  const outOfMemory = !isRootless() && (await outOfMemoryKills(cgroup).catch(() => 0)) > 0;
  return { ...exitStatus(code, signal), outOfMemory };
}

/** runc reports a process ended by signal N with code 128 + N, as shells do. */
export function exitStatus(code: number | null, signal: string | null): Pick<Exit, "code" | "signal"> {
  if (code === null) return { code: undefined, signal: signal ?? undefined };
  const name = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return name === undefined ? { code, signal: undefined } : { code: undefined, signal: name };
}

async function killJoined(pidFile: string, members: Members): Promise<void> {
  try {
    const pid = Number(await readFile(pidFile, "utf8"));
    const ours = await members.processes();
    if (!ours.includes(pid)) return;
    // crun gives a joined process no group of its own, so its children are found one by one.
    for (const one of await processTree(pid)) if (ours.includes(one)) signalProcess(one, "SIGKILL");
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function textOf(outcome: Outcome): string {
  return Buffer.from(outcome.stderr).toString().trim() || `runc ended with ${outcome.code ?? outcome.signal}`;
}
