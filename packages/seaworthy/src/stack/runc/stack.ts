/** Brings stacks up and down: the calling side, which may come and go while the supervisor stays. */
import { readFile, rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { ExecResult } from "../../engine/engine.ts";
import { type UnpackLayer, unpackedLayers } from "../../engine/runc/layers.ts";
import { removeLeftovers } from "../../engine/runc/leftovers.ts";
import type { RuncBinary, RuncOptions } from "../../engine/runc/runc.ts";
import { isMissing } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import { askControl } from "../../net/control-socket.ts";
import { isRunning, killProcess, type ProcessIdentity } from "../../shell/process-identity.ts";
import type { StackHandle, StartStackOptions, Stopped } from "../stack-runtime.ts";
import type { StackSpec } from "../stack-spec.ts";
import type { StackState } from "../state.ts";
import { launchSupervisor, type SupervisorProcess, supervisorLog } from "./launch.ts";
import type { LogRotation } from "./log-file.ts";
import { planNetworks } from "./plan-networks.ts";
import { type PublishedListener, publishPorts } from "./publish.ts";
import { stackHandle } from "./stack-handle.ts";
import { type StackPlaces, stackPlaces } from "./stack-places.ts";
import { readState, type SupervisedState } from "./state-file.ts";
import { parseRoutes } from "./subnets.ts";
import {
  type ControlExecResult,
  type ControlQuestion,
  type FromSupervisor,
  NOT_RUNNING,
  type ToSupervisor,
} from "./supervisor-messages.ts";

export interface StackOptions extends StartStackOptions {
  readonly runc: RuncBinary;
  /** As in {@link RuncOptions}. */
  readonly init: RuncOptions["init"];
  /** `/run/seaworthy`: what ends with the stack. */
  readonly runRoot: string;
  readonly layerRoot: string;
  readonly unpack: UnpackLayer;
  readonly logs?: LogRotation | undefined;
}

/**
 * Resolves when the supervisor has its orders; services then start in their order.
 * @throws Fault `stack/already-running`, `stack/port-taken`, `stack/address`
 */
export async function startStack(spec: StackSpec, options: StackOptions): Promise<StackHandle> {
  options.signal?.throwIfAborted();
  const wantsInit = spec.services.some(({ container }) => container.extras?.init === true);
  const init = wantsInit ? await options.init() : undefined;
  const networks = planNetworks(spec, parseRoutes(await readFile("/proc/self/net/route", "utf8")));
  const places = stackPlaces(options.runRoot, spec.project);
  const child = await launchSupervisor(places, options.runRoot, spec);
  let listeners: readonly PublishedListener[] = [];
  try {
    // Of a supervisor that was killed: nobody else can be at work, we hold the lock.
    await removeLeftovers(options.runRoot, spec.project);
    for (const { container } of spec.services) {
      options.signal?.throwIfAborted();
      await unpackedLayers(container.image, options.layerRoot, options.unpack);
    }
    listeners = await publishPorts(spec.services);
    for (const { server, service, target } of listeners) {
      await send(child, { kind: "listen", service, target }, server);
    }
    const first = firstState(child, places);
    const { runc, layerRoot, leash, logs } = options;
    await send(child, { kind: "start", spec, networks, runc, init, layerRoot, leash, logs });
    return stackHandle(child, await first, places, {
      onChange: options.onChange,
      stop: () => stopStack(spec.project, options),
    });
  } catch (error) {
    if (child.connected) child.disconnect();
    await stopStack(spec.project, options);
    throw error;
  } finally {
    for (const { server } of listeners) server.close();
  }
}

/** `undefined` when it is not up. After a crash of the supervisor the last state it wrote is not believed. */
export async function readStack(
  project: string,
  { runRoot }: Pick<StackOptions, "runRoot">,
): Promise<SupervisedState | undefined> {
  const state = await readState(stackPlaces(runRoot, project).state);
  return state !== undefined && (await isRunning(state.supervisor)) ? state : undefined;
}

/** Ends a stack and removes all that is left of it, also after a crash. @returns whether there was anything */
export async function stopStack(
  project: string,
  { runRoot }: Pick<StackOptions, "runRoot">,
): Promise<boolean> {
  const places = stackPlaces(runRoot, project);
  const supervisor = await readIdentity(places.supervisor);
  if (supervisor !== undefined && (await isRunning(supervisor))) {
    const patience = await longestStop(places);
    await askControl(places.control, { ask: "stop" } satisfies ControlQuestion, patience).catch(
      () => undefined,
    );
    const deadline = Date.now() + 10_000;
    while ((await isRunning(supervisor)) && Date.now() < deadline) await delay(20);
    await killProcess(supervisor);
  }
  await removeLeftovers(runRoot, project);
  await rm(places.folder, { recursive: true, force: true });
  await rm(places.lock, { force: true });
  return supervisor !== undefined;
}

/**
 * Runs a program in a service, confined like its first process.
 * @throws Fault `stack/not-running`, `stack/unknown-service`
 */
export async function execInStack(
  project: string,
  service: string,
  argv: readonly string[],
  options: Pick<StackOptions, "runRoot"> & { readonly timeout?: number; readonly stdin?: Uint8Array },
): Promise<ExecResult> {
  const { timeout, stdin } = options;
  const answer = await ask(project, options.runRoot, (timeout ?? 3_600_000) + 10_000, {
    ask: "exec",
    service,
    argv,
    ...(timeout === undefined ? {} : { timeout }),
    ...(stdin === undefined ? {} : { stdin: Buffer.from(stdin).toString("base64") }),
  });
  const { code, stdout, stderr, timedOut } = answer as ControlExecResult;
  return { code, stdout: Buffer.from(stdout, "base64"), stderr: Buffer.from(stderr, "base64"), timedOut };
}

/**
 * Stops one service and starts it again, whatever its restart policy. Resolves when the old container has ended.
 * @returns `undefined` when it did not run
 */
export async function bounceService(
  project: string,
  service: string,
  { runRoot, loseVolumes }: Pick<StackOptions, "runRoot"> & { readonly loseVolumes: boolean },
): Promise<Stopped | undefined> {
  const answer = await ask(project, runRoot, 3_600_000, { ask: "bounce", service, loseVolumes });
  return answer === NOT_RUNNING ? undefined : (answer as Stopped);
}

async function ask(
  project: string,
  runRoot: string,
  patience: number,
  question: ControlQuestion,
): Promise<unknown> {
  const answer = await askControl(stackPlaces(runRoot, project).control, question, patience);
  if (answer !== undefined) return answer;
  throw new Fault({
    code: "stack/not-running",
    message: `expected project "${project}" to be up, found it down`,
    hint: "Bring it up with `seaworthy up`.",
    exit: 2,
  });
}

function firstState(child: SupervisorProcess, places: StackPlaces): Promise<StackState> {
  return new Promise((resolve, reject) => {
    child.on("message", (message) => {
      const told = message as FromSupervisor;
      if (told.kind === "state") resolve(told.state);
    });
    child.once("exit", () => {
      void supervisorLog(places).then((words) =>
        reject(
          new Fault({
            code: "stack/supervisor",
            message: `expected the stack's supervisor to start the services, but it ended: ${words}`,
            exit: 2,
          }),
        ),
      );
    });
  });
}

function send(
  child: SupervisorProcess,
  message: ToSupervisor,
  server?: PublishedListener["server"],
): Promise<void> {
  return new Promise((resolve, reject) => {
    child.send(message, server, (error) => (error === null ? resolve() : reject(error)));
  });
}

async function readIdentity(file: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as ProcessIdentity;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** How long the services may take to stop, one after another at worst, in milliseconds. */
async function longestStop(places: StackPlaces): Promise<number> {
  const state = await readState(places.state);
  return 60_000 + (state?.services.length ?? 0) * 60_000;
}
