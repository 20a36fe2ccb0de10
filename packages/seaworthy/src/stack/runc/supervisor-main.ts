/** The program that lives in the hub of a stack's networks for as long as the stack does. Started by `launch.ts`. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { removeLeftovers } from "../../engine/runc/leftovers.ts";
import { createRuncEngine } from "../../engine/runc/runc.ts";
import { serveControl } from "../../net/control-socket.ts";
import { forward, type Listener } from "../../net/forward.ts";
import { identifyProcess, type ProcessIdentity } from "../../shell/process-identity.ts";
import { run } from "../../shell/run.ts";
import { declarationDigest } from "../stack-spec.ts";
import { stackNetworks } from "./stack-networks.ts";
import { type StackPlaces, stackPlaces } from "./stack-places.ts";
import { type SupervisedState, writeState } from "./state-file.ts";
import { type Supervisor, supervisor } from "./supervisor.ts";
import {
  type ControlExecResult,
  type ControlQuestion,
  type FromSupervisor,
  type ListenMessage,
  NOT_RUNNING,
  type StartMessage,
  type ToSupervisor,
} from "./supervisor-messages.ts";

const [runRoot = "", project = ""] = process.argv.slice(2);
const places = stackPlaces(runRoot, project);
const listeners: (Omit<ListenMessage, "kind"> & { readonly server: Listener })[] = [];
const startedAt = new Date().toISOString();
let started: Started | undefined;

interface Started {
  readonly stack: Supervisor;
  readonly networks: AsyncDisposable;
  readonly forwards: readonly AsyncDisposable[];
  readonly control: AsyncDisposable;
  /** Resolves when the last state was written. */
  flush(): Promise<void>;
}

const self = await identifyProcess(process.pid);
if (self === undefined) throw new Error("expected to find this process in /proc");
await mkdir(places.logs, { recursive: true, mode: 0o700 });
await writeFile(places.supervisor, JSON.stringify(self));

process.on("message", (message, handle) => {
  const request = message as ToSupervisor;
  if (request.kind === "listen") listeners.push({ ...request, server: handle as Listener });
  else void begin(request, self).catch(fail);
});
// Leashed, or nothing to do yet: without the command line there is no reason to be here.
process.on("disconnect", () => {
  if (started === undefined || leashed) void finish().catch(fail);
});
process.on("SIGTERM", () => void finish().catch(fail));
process.on("SIGINT", () => void finish().catch(fail));
let leashed = true;
tell({ kind: "locked" });

async function begin(request: StartMessage, identity: ProcessIdentity): Promise<void> {
  const declared = declarationDigest(request.spec);
  let writing = Promise.resolve();
  let dirty = false;
  const engine = createRuncEngine({
    runc: request.runc,
    init: () =>
      request.init === undefined
        ? Promise.reject(new Error("expected no service to ask for an init, found one that does"))
        : Promise.resolve(request.init),
    runRoot,
    layerRoot: request.layerRoot,
    project,
    unpack: (layer) => Promise.reject(new Error(`layer ${layer.diffId} was unpacked before, and is gone`)),
  });
  const changed = (): void => {
    if (dirty) return;
    dirty = true;
    writing = publishState(writing).catch(fail);
  };
  /** One write after another; changes that come while one waits go out with it. */
  const publishState = async (before: Promise<void>): Promise<void> => {
    await before;
    dirty = false;
    const state: SupervisedState = {
      ...{ project, engine: "runc", declared, startedAt, supervisor: identity },
      services: stack.services(),
    };
    await writeState(places.state, state);
    tell({ kind: "state", state });
  };
  const networks = await stackNetworks(request.spec, request.networks, {
    host: places.hostNetwork,
    folder: request.layerRoot,
  });
  const stack = supervisor(request.spec, engine, places, networks, request.logs, changed);
  leashed = request.leash;
  started = {
    stack,
    networks,
    forwards: request.spec.services.flatMap((service) =>
      listeners
        .filter((one) => one.service === service.container.name)
        .map(({ server, target }) => forward(server, target, networks.of(service).address)),
    ),
    control: await serveControl(places.control, (question) => answer(stack, question as ControlQuestion)),
    flush: () => writing,
  };
  changed();
  stack.start();
}

async function answer(stack: Supervisor, question: ControlQuestion): Promise<unknown> {
  switch (question.ask) {
    case "stop":
      await stack.stop();
      // After the answer has gone out.
      setImmediate(() => void finish().catch(fail));
      return "stopped";
    case "bounce": {
      return (await stack.service(question.service).bounce(question)) ?? NOT_RUNNING;
    }
    case "exec": {
      const { argv, timeout, stdin } = question;
      const result = await stack.service(question.service).exec(argv, {
        ...(timeout === undefined ? {} : { timeout }),
        ...(stdin === undefined ? {} : { stdin: Buffer.from(stdin, "base64") }),
      });
      const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
      return {
        ...result,
        stdout: encode(result.stdout),
        stderr: encode(result.stderr),
      } satisfies ControlExecResult;
    }
  }
}

let finishing: Promise<void> | undefined;

/** Ends everything, whoever asked; the lock goes last, with this process. */
function finish(): Promise<void> {
  finishing ??= cleanUp(places);
  return finishing.then(() => process.exit(0));
}

async function cleanUp(here: StackPlaces): Promise<void> {
  await Promise.all(started?.forwards.map((one) => one[Symbol.asyncDispose]()) ?? []);
  await started?.stack.stop();
  await started?.networks[Symbol.asyncDispose]();
  await started?.control[Symbol.asyncDispose]();
  await started?.flush();
  await removeLeftovers(runRoot, project);
  // Mounted here only, but a mount point cannot be removed by those who see the mount.
  await run(["umount", here.hostNetwork]);
  await rm(here.folder, { recursive: true, force: true });
  await rm(here.lock, { force: true });
}

function tell(message: FromSupervisor): void {
  if (process.connected) process.send?.(message, () => undefined);
}

/** To our log, which the command line shows; what still runs is found by whoever cleans up. */
function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
