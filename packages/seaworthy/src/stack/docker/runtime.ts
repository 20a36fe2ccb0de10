/** Whole stacks on a Docker Engine or Podman's socket: what Compose would make, made by Compose's rules, and seen by it. */
import type { DockerClient } from "../../engine/docker/client.ts";
import { execIn } from "../../engine/docker/exec.ts";
import type { Engine } from "../../engine/engine.ts";
import type { StackRuntime } from "../stack-runtime.ts";
import type { StackSpec } from "../stack-spec.ts";
import { bounceService, restartService } from "./bounce.ts";
import { readChanges } from "./changes.ts";
import { followLogs } from "./follow-logs.ts";
import { stackHandle } from "./handle.ts";
import { hostListeners, insideListeners } from "./listeners.ts";
import type { LiveStack } from "./live-stack.ts";
import { readLogs } from "./logs.ts";
import { loseVolumes, notADouble } from "./lose-volumes.ts";
import { stackState } from "./service-state.ts";
import { projectContainers, runningContainerOf, serviceContainer } from "./snapshot.ts";
import { startStack } from "./start.ts";
import { readStats } from "./stats.ts";
import { removeProject } from "./stop.ts";

export interface DockerRuntimeOptions {
  /** The caller's, who disposes of it. */
  readonly client: DockerClient;
  /** For single containers, on the same engine. */
  readonly engine: Engine;
}

/** How many lines of a log are read for a fault's last words. */
const LAST_WORDS = 5;

export function createDockerRuntime({ client, engine }: DockerRuntimeOptions): StackRuntime {
  /** What this process has started: its declaration, for making a part of it anew, and who is to look again after that. */
  const started = new Map<string, { readonly spec: StackSpec; readonly live: LiveStack }>();
  const local = async (): Promise<boolean> => (await engine.facts()).local;

  async function lastLines(project: string, service: string): Promise<readonly string[]> {
    const lines = [];
    const options = { services: [service], tail: LAST_WORDS };
    for await (const { text } of readLogs(client, project, options)) lines.push(text);
    return lines;
  }

  /** So that the starter's next look at the state shows what was just done. One that was let go of has no more looks. */
  async function lookAgain(project: string): Promise<void> {
    await started
      .get(project)
      ?.live.refresh()
      .catch(() => undefined);
  }

  return {
    engine,
    async start(spec, options) {
      const stack = await startStack({ client, engine }, spec, options);
      started.set(spec.project, { spec, live: stack.live });
      return stackHandle({
        ...stack,
        project: spec.project,
        lastLines: (service) => lastLines(spec.project, service),
        stop: () => removeProject(client, spec.project),
      });
    },
    async read(project) {
      const view = { flavor: client.flavor, local: await local() };
      return stackState(project, await projectContainers(client, project), view);
    },
    stop: (project, options) => removeProject(client, project, options),
    async exec(project, service, argv, options = {}) {
      const { Id } = await runningContainerOf(client, project, service);
      return execIn({ client, id: Id, local: await local() }, argv, options);
    },
    logs: (project, { follow, ...options }) =>
      follow ? followLogs(client, project, options) : readLogs(client, project, options),
    stats: (project) => readStats(client, project),
    async restart(project, service) {
      await restartService(client, project, service);
      await lookAgain(project);
    },
    async bounce(project, service) {
      const stopped = await bounceService(client, project, service);
      await lookAgain(project);
      return stopped;
    },
    async loseVolumes(project, service) {
      const spec = started.get(project)?.spec;
      if (spec === undefined) throw notADouble(project);
      await loseVolumes({ client, engine }, spec, service);
      await lookAgain(project);
    },
    changes: (project, service) => readChanges(client, project, service),
    hostListeners: async (project) => hostListeners(await projectContainers(client, project), await local()),
    insideListeners: async (project, service) =>
      insideListeners(await serviceContainer(client, project, service), await local()),
  };
}
