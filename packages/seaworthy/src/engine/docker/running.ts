/** A container that an engine started: waiting for it, joining it, ending it, and leaving nothing of it. */
import { constants } from "node:os";
import type { Exit, Running } from "../engine.ts";
import type { Attached } from "./attached.ts";
import type { DockerClient } from "./client.ts";
import { isFault } from "./engine-fault.ts";
import { execIn } from "./exec.ts";
import { removeContainer } from "./leftovers.ts";

export interface RunningParts {
  readonly client: DockerClient;
  readonly id: string;
  /** As the engine's host numbers it; 0 when it has ended already. */
  readonly pid: number;
  readonly attached: Attached;
  readonly local: boolean;
  /** Ends the container when aborted. */
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds for the engine to remove a container. */
const REMOVAL = 60_000;

export function runningContainer(parts: RunningParts): Running {
  const { client, id, attached, signal } = parts;
  const exited = exitOf(client, id);
  let disposed: Promise<void> | undefined;

  async function kill(name: string): Promise<void> {
    try {
      await client.containers.kill(id, name);
    } catch (error) {
      // Engines say in many ways that one has ended, or is gone.
      if (await isRunning(client, id)) throw error;
    }
  }

  const abort = (): void => void kill("SIGKILL").catch(() => undefined);
  if (signal?.aborted === true) abort();
  signal?.addEventListener("abort", abort, { once: true });
  void exited.then(() => signal?.removeEventListener("abort", abort));

  async function dispose(): Promise<void> {
    attached[Symbol.dispose]();
    await removeContainer(client, id, AbortSignal.timeout(REMOVAL));
    await exited;
  }

  return {
    id,
    pid: parts.pid,
    stdin: attached.stdin,
    stdout: attached.stdout,
    stderr: attached.stderr,
    exited,
    exec: (argv, options) => execIn(parts, argv, options ?? {}),
    kill,
    [Symbol.asyncDispose]: () => (disposed ??= dispose()),
  };
}

async function isRunning(client: DockerClient, id: string): Promise<boolean> {
  try {
    return (await client.containers.inspect(id)).State.Running;
  } catch (error) {
    return !isFault(error, "docker/not-found");
  }
}

/** The engine has gone, or the container was removed under us: it ended, and nobody can say how. */
const UNKNOWN: Exit = { code: undefined, signal: undefined, outOfMemory: false };

async function exitOf(client: DockerClient, id: string): Promise<Exit> {
  try {
    const { code } = await client.containers.wait(id);
    const state = await stateOf(client, id);
    // Podman says 0 for one that was removed while it ran.
    if (state === undefined && client.flavor === "podman") return UNKNOWN;
    return { ...exitStatus(code), outOfMemory: state?.OOMKilled ?? false };
  } catch {
    return UNKNOWN;
  }
}

async function stateOf(
  client: DockerClient,
  id: string,
): Promise<{ readonly OOMKilled: boolean } | undefined> {
  try {
    return (await client.containers.inspect(id)).State;
  } catch (error) {
    if (isFault(error, "docker/not-found")) return undefined;
    throw error;
  }
}

/** An engine reports a process ended by signal N with code 128 + N, as shells do. */
export function exitStatus(code: number): Pick<Exit, "code" | "signal"> {
  const name = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return name === undefined ? { code, signal: undefined } : { code: undefined, signal: name };
}
