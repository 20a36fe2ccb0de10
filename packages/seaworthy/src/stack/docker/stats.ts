/** One reading of every service that runs. */
import type { ContainerDetails, ContainerStats } from "../../engine/docker/api-types.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import { isFault } from "../../engine/docker/engine-fault.ts";
import type { ServiceStats } from "../stack-runtime.ts";
import { serviceNameOf } from "./labels.ts";
import { isLive } from "./service-state.ts";
import { projectContainers } from "./snapshot.ts";

export async function readStats(client: DockerClient, project: string): Promise<readonly ServiceStats[]> {
  const containers = await projectContainers(client, project);
  const readings = await Promise.all(
    containers.map(async (one) => {
      const service = serviceNameOf(one.Config.Labels ?? {});
      if (service === undefined || !isLive(one.State.Status)) return [];
      try {
        return [toStats(service, one, await client.containers.stats(one.Id, { oneShot: true }))];
      } catch (error) {
        // It ended while we asked.
        if (isFault(error, "docker/not-found", "docker/conflict")) return [];
        throw error;
      }
    }),
  );
  return readings.flat();
}

/** Pure. What the kernel can drop is the inactive part of the page cache, as `docker stats` has it. */
export function toStats(
  service: string,
  { HostConfig }: Pick<ContainerDetails, "HostConfig">,
  { cpu_stats, memory_stats, pids_stats }: ContainerStats,
): ServiceStats {
  const { usage = 0, stats = {} } = memory_stats;
  const droppable = stats["total_inactive_file"] ?? stats["inactive_file"] ?? 0;
  return {
    service,
    cpuTime: cpu_stats.cpu_usage.total_usage / 1_000_000,
    memory: droppable < usage ? usage - droppable : usage,
    memoryLimit: limitOf(HostConfig["Memory"]),
    processes: pids_stats.current ?? 0,
    processLimit: limitOf(HostConfig["PidsLimit"]),
  };
}

/** Engines write no limit as 0, -1 or null. */
function limitOf(limit: unknown): number | undefined {
  return typeof limit === "number" && limit > 0 ? limit : undefined;
}
