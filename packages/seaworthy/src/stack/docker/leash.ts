/** Ties a stack to the calling process, however that ends: a small process of its own waits for the end of a pipe. */
import { once } from "node:events";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import type { DockerClient } from "../../engine/docker/client.ts";
import type { DockerEndpoint } from "../../engine/docker/endpoint.ts";
import { Fault } from "../../fault/fault.ts";
import { identifyProcess, isRunning } from "../../shell/process-identity.ts";
import { start } from "../../shell/run.ts";

/** What the guard is told, as one line of JSON. After it, a second line lets it go; the pipe's end alone makes it act. */
export interface LeashOrder {
  readonly endpoint: DockerEndpoint;
  readonly apiVersion: string;
  readonly flavor: DockerClient["flavor"];
  /** Of all that is to be removed: `dev.seaworthy.leashed=...`. */
  readonly label: string;
}

export interface Leash {
  /** The label's value: names the guard, so that others can tell whether it still watches. */
  readonly id: string;
  /** Whether the guard is there. */
  holds(): boolean;
  /** Calls the guard off: nothing is left to remove. */
  release(): void;
}

/** @param label the name of the label that is to have the leash's id. @throws Fault `stack/leash` */
export async function takeLeash(client: DockerClient, label: string): Promise<Leash> {
  const guard = start([process.execPath, guardProgram(import.meta.url)], {
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"],
    // Signals to the caller's group, such as Ctrl-C, are not for the guard.
    detached: true,
  });
  let gone = false;
  guard.once("exit", () => (gone = true));
  await once(guard, "spawn");
  const { pid, stdin } = guard;
  const identity = pid === undefined ? undefined : await identifyProcess(pid);
  if (identity === undefined || stdin === null) throw leashFault();
  // A guard that has ended is noticed by `holds`.
  stdin.on("error", () => (gone = true));
  const id = `${hostname()}/${identity.pid}/${identity.startTime}`;
  const order: LeashOrder = {
    endpoint: client.endpoint,
    apiVersion: client.apiVersion,
    flavor: client.flavor,
    label: `${label}=${id}`,
  };
  stdin.write(`${JSON.stringify(order)}\n`);
  // Neither keeps the caller from ending.
  guard.unref();
  (stdin as typeof stdin & { unref?(): void }).unref?.();
  return {
    id,
    holds: () => !gone,
    release: () => void stdin.end("released\n"),
  };
}

/** Whether the guard of that id may still be at work. One of another machine is taken to be. */
export async function mayHold(id: string): Promise<boolean> {
  const [, host, pid, startTime] = /^(.+)\/(\d+)\/(\d+)$/.exec(id) ?? [];
  if (host !== hostname() || pid === undefined || startTime === undefined) return true;
  return isRunning({ pid: Number(pid), startTime });
}

/** The compiled program, also when this file runs from its source. */
function guardProgram(here: string): string {
  const program = fileURLToPath(new URL("./leash-main.js", here));
  return here.endsWith(".ts") ? program.replace("/src/stack/docker/", "/dist/stack/docker/") : program;
}

function leashFault(): Fault {
  return new Fault({
    code: "stack/leash",
    message: "expected a guard that ends the stack with this process, but it ended at once",
    exit: 2,
  });
}
