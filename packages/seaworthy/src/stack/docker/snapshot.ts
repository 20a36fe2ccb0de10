/** All containers of a project as the engine knows them, whoever made them. */
import type { Filters } from "../../engine/docker/api.ts";
import type { ContainerDetails } from "../../engine/docker/api-types.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import { isFault } from "../../engine/docker/engine-fault.ts";
import { Fault } from "../../fault/fault.ts";
import { ofProject, serviceNameOf } from "./labels.ts";
import { isLive } from "./service-state.ts";

export function projectContainers(
  client: DockerClient,
  project: string,
  signal?: AbortSignal,
): Promise<readonly ContainerDetails[]> {
  return containersWith(client, ofProject(project), signal);
}

/** In the order in which they were made. One that goes while we look is left out. */
export async function containersWith(
  client: DockerClient,
  filters: Filters,
  signal?: AbortSignal,
): Promise<readonly ContainerDetails[]> {
  const listed = await client.containers.list({ all: true, filters, signal });
  const details = await Promise.all(
    listed.map(async ({ Id }) => {
      try {
        return await client.containers.inspect(Id, signal);
      } catch (error) {
        if (isFault(error, "docker/not-found")) return undefined;
        throw error;
      }
    }),
  );
  return details
    .filter((one) => one !== undefined)
    .toSorted((a, b) => Date.parse(a.Created) - Date.parse(b.Created));
}

/** @throws Fault `stack/not-running` when the project has no container, `stack/unknown-service` */
export async function serviceContainer(
  client: DockerClient,
  project: string,
  service: string,
): Promise<ContainerDetails> {
  const containers = await projectContainers(client, project);
  const named = new Map(
    containers.flatMap((one) => {
      const name = serviceNameOf(one.Config.Labels ?? {});
      return name === undefined ? [] : [[name, one] as const];
    }),
  );
  const found = named.get(service);
  if (found !== undefined) return found;
  if (named.size === 0) throw notRunning(`project "${project}"`);
  throw new Fault({
    code: "stack/unknown-service",
    message: `expected a service of "${project}" (${[...named.keys()].join(", ")}), found "${service}"`,
  });
}

/** As {@link serviceContainer}, for one whose first process runs. */
export async function runningContainerOf(
  client: DockerClient,
  project: string,
  service: string,
): Promise<ContainerDetails> {
  const found = await serviceContainer(client, project, service);
  if (isLive(found.State.Status)) return found;
  throw notRunning(`service "${service}" of "${project}"`);
}

function notRunning(what: string): Fault {
  return new Fault({
    code: "stack/not-running",
    message: `expected ${what} to be up, found it down`,
    hint: "Bring it up with `seaworthy up`.",
    exit: 2,
  });
}
