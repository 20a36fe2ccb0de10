/** Stacks that a supervisor of ours watches over, with runc under it: nothing needs to be installed. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import { cgroupUsage } from "../../engine/runc/cgroup-usage.ts";
import { overlayChanges } from "../../engine/runc/overlay-changes.ts";
import { placesOf } from "../../engine/runc/places.ts";
import { createRuncEngine, type RuncBinary } from "../../engine/runc/runc.ts";
import { listeningSockets, processTree } from "../../net/listeners.ts";
import type { StackRuntime } from "../stack-runtime.ts";
import { stackLogs } from "./logs.ts";
import { bounceService, execInStack, readStack, type StackOptions, startStack, stopStack } from "./stack.ts";

export interface RuncRuntimeOptions extends Pick<StackOptions, "init" | "runRoot" | "layerRoot" | "unpack"> {
  /** Asked for when something is to be started, and not before: what is down needs no runtime. */
  runc(): Promise<RuncBinary>;
  /** Absolute; where volumes are kept by their names. */
  readonly volumeRoot: string;
  /** What single containers are kept under, apart from every stack. */
  readonly engineProject: string;
}

export function createRuncRuntime(options: RuncRuntimeOptions): StackRuntime {
  const { runRoot, volumeRoot } = options;
  return {
    engine: engineOf(options),
    start: async (spec, start) => startStack(spec, { ...options, ...start, runc: await options.runc() }),
    read: (project) => readStack(project, { runRoot }),
    async stop(project, { volumes = [] }) {
      const was = await stopStack(project, { runRoot });
      for (const name of volumes) await rm(join(volumeRoot, name), { recursive: true, force: true });
      return was;
    },
    exec: (project, service, argv, exec) => execInStack(project, service, argv, { runRoot, ...exec }),
    logs: (project, log) => stackLogs(runRoot, project, log),
    async stats(project) {
      const state = await readStack(project, { runRoot });
      const { cgroup } = placesOf(runRoot, project);
      const readings = (state?.services ?? []).map(async ({ name, containerId }) => {
        const usage = containerId === undefined ? undefined : await cgroupUsage(`${cgroup}/${containerId}`);
        return usage === undefined ? [] : [{ service: name, ...usage }];
      });
      return (await Promise.all(readings)).flat();
    },
    async changes(project, service) {
      const state = await readStack(project, { runRoot });
      const found = state?.services.find(({ name }) => name === service);
      if (found?.containerId === undefined || found.pid === undefined) return [];
      const bundle = join(placesOf(runRoot, project).containers, found.containerId);
      return await overlayChanges(bundle, await mountPoints(found.pid));
    },
    async restart(project, service) {
      await bounceService(project, service, { runRoot, loseVolumes: false });
    },
    bounce: (project, service) => bounceService(project, service, { runRoot, loseVolumes: false }),
    async loseVolumes(project, service) {
      await bounceService(project, service, { runRoot, loseVolumes: true });
    },
    async hostListeners(project) {
      const state = await readStack(project, { runRoot });
      if (state === undefined) return [];
      const { pid } = state.supervisor;
      const pids = state.services.flatMap(({ pid: first }) => first ?? []);
      const services = await Promise.all(pids.map(processTree));
      // A service's process is in this table only when it is on the host's own network.
      return await listeningSockets("self", [pid, ...services.flat()]);
    },
    async insideListeners(project, service) {
      const state = await readStack(project, { runRoot });
      const pid = state?.services.find(({ name }) => name === service)?.pid;
      return pid === undefined ? [] : await listeningSockets(pid, await processTree(pid));
    },
  };
}

function engineOf({ runc, ...options }: RuncRuntimeOptions): Engine {
  let engine: Promise<Engine> | undefined;
  const obtained = (): Promise<Engine> => {
    engine ??= runc().then((binary) =>
      createRuncEngine({ ...options, runc: binary, project: options.engineProject }),
    );
    return engine;
  };
  return {
    facts: async () => (await obtained()).facts(),
    start: async (container, start) => (await obtained()).start(container, start),
  };
}

/** Absolute, as the process sees them: the fifth field of proc_pid_mountinfo(5). */
async function mountPoints(pid: number): Promise<readonly string[]> {
  const rows = (await readFile(`/proc/${pid}/mountinfo`, "utf8")).split("\n");
  return rows.flatMap((row) => row.split(" ")[4] ?? []).filter((path) => path !== "/");
}
