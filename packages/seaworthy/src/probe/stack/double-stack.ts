/** A second copy of the stack, which may be disturbed: own project, empty volumes, ports only on loopback. */
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ExecResult } from "../../engine/engine.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { errnoOf } from "../../fault/errno.ts";
import { execInStack, type StackOptions, startStack } from "../../stack/stack.ts";
import type { StackSpec } from "../../stack/stack-spec.ts";
import type { StackState } from "../../stack/state.ts";

export interface DoubleStack extends AsyncDisposable {
  /** Where a service's port is published, for nobody but the prover; `undefined` when it has none. */
  port(service: string): { readonly address: string; readonly published: number } | undefined;
  /** Why a service is not up, or `undefined` when it is. */
  problem(service: string): string | undefined;
  exec(service: string, argv: readonly string[], stdin?: Uint8Array): Promise<ExecResult>;
  /** Sends the stop signal to the first process and waits for its end; it is started again by itself. */
  stop(service: string): Promise<Stopped>;
  /** Takes a service's volumes away: after its next start they are new and empty. */
  loseVolumes(service: string): Promise<void>;
}

export interface Stopped {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** In milliseconds. */
  readonly took: number;
  /** Whether it had to be killed. */
  readonly late: boolean;
}

/** How long the copy has to come up. A service that does not is a finding, not an error. */
const PATIENCE = 60_000;
const SECOND_LOOPBACK = "127.0.0.2";

/** @param folder absolute, empty, on the host */
export async function startDouble(
  spec: StackSpec,
  options: Omit<StackOptions, "leash" | "onChange">,
  folder: string,
  freePort: () => Promise<number>,
): Promise<DoubleStack> {
  const ports = new Map<string, { address: string; published: number }>();
  const services: StackService[] = [];
  for (const service of spec.services) services.push(await asDouble(service, folder, ports, freePort));
  const exits = new Map<string, Omit<Stopped, "took" | "late">>();
  let latest: StackState | undefined;
  const handle = await startStack(
    { ...spec, project: doubleName(spec.project), services },
    {
      ...options,
      leash: true,
      onChange(state) {
        latest = state;
        for (const { name, status, exitCode, signal } of state.services) {
          if (status === "exited") exits.set(name, { code: exitCode, signal });
        }
      },
    },
  );
  let whyNot: string | undefined;
  try {
    await handle.waitHealthy({ timeout: PATIENCE, signal: options.signal });
  } catch (error) {
    if (options.signal?.aborted === true) {
      await handle[Symbol.asyncDispose]();
      throw error;
    }
    whyNot = error instanceof Error ? error.message : String(error);
  }
  const isUp = new Map(
    handle.state().services.map(({ name, status }) => [name, status === "healthy" || status === "running"]),
  );

  return {
    port: (service) => ports.get(service),
    problem: (service) => (isUp.get(service) === true ? undefined : (whyNot ?? "it did not come up")),
    exec: (service, argv, stdin) =>
      execInStack(handle.project, service, argv, {
        runRoot: options.runRoot,
        timeout: 10_000,
        ...(stdin === undefined ? {} : { stdin }),
      }),
    async stop(service) {
      const declared = services.find(({ container }) => container.name === service);
      const pid = (latest ?? handle.state()).services.find(({ name }) => name === service)?.pid;
      if (declared === undefined || pid === undefined) throw new Error(`${service} is not running`);
      exits.delete(service);
      const started = Date.now();
      signalProcess(pid, declared.container.stopSignal);
      const late = !(await until(() => exits.has(service), declared.container.stopGrace));
      if (late) {
        signalProcess(pid, "SIGKILL");
        await until(() => exits.has(service), 5000);
      }
      const exit = exits.get(service) ?? { code: undefined, signal: undefined };
      return { ...exit, took: Date.now() - started, late };
    },
    async loseVolumes(service) {
      const mounts = services.find(({ container }) => container.name === service)?.container.mounts ?? [];
      for (const mount of mounts) {
        if (mount.kind === "volume") await rename(mount.source, `${mount.source}.lost`);
      }
    },
    [Symbol.asyncDispose]: () => handle[Symbol.asyncDispose](),
  };
}

/** The project that the copy runs under. */
export function doubleName(project: string): string {
  return `${project}-double`;
}

/** The same container with nobody's data, always started again, and checked often so that nobody waits. */
async function asDouble(
  service: StackService,
  folder: string,
  ports: Map<string, { address: string; published: number }>,
  freePort: () => Promise<number>,
): Promise<StackService> {
  const { container, healthCheck } = service;
  const [exposed] = container.image.config.exposedPorts;
  const target = exposed === undefined ? undefined : Number.parseInt(exposed, 10);
  const published =
    target === undefined ? undefined : { address: SECOND_LOOPBACK, published: await freePort(), target };
  if (published !== undefined) ports.set(container.name, published);
  return {
    ...service,
    container: {
      ...container,
      mounts: container.mounts.map((mount) =>
        mount.kind === "volume" ? { ...mount, source: join(folder, `volume-${mount.name}`) } : mount,
      ),
    },
    ports: published === undefined ? [] : [published],
    restart: { policy: "always" },
    healthCheck:
      healthCheck === undefined ? undefined : { ...healthCheck, interval: 500, startInterval: 300 },
  };
}

function signalProcess(pid: number, signal: string): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}

async function until(holds: () => boolean, patience: number): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (!holds()) {
    if (Date.now() > deadline) return false;
    await delay(20);
  }
  return true;
}
