/** Removes what a process that was killed left in the engine: single containers and the images made for them. */
import type { DockerClient } from "./client.ts";
import { isFault } from "./engine-fault.ts";
import { singleFilters } from "./labels.ts";

/**
 * Only of this project, and never of a stack. Whatever still runs among them is killed.
 * @returns how many things were removed
 */
export async function removeDockerLeftovers(
  client: Pick<DockerClient, "containers" | "images">,
  project: string,
  signal?: AbortSignal,
): Promise<number> {
  const options = { filters: singleFilters(project), ...(signal === undefined ? {} : { signal }) };
  const containers = await client.containers.list({ ...options, all: true });
  for (const { Id } of containers) await removeContainer(client, Id, signal);
  const images = await client.images.list(options);
  for (const { Id } of images) await removeImage(client, Id, signal);
  return containers.length + images.length;
}

/** With its anonymous volumes. One that has gone, or is going, is no error. */
export async function removeContainer(
  client: Pick<DockerClient, "containers">,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await client.containers.remove(id, {
      force: true,
      volumes: true,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (!isFault(error, "docker/not-found", "docker/conflict")) throw error;
  }
}

/** Itself only: the image it was made from may have no name of its own, and must not go with it. */
export async function removeImage(
  client: Pick<DockerClient, "images">,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await client.images.remove(id, {
      force: true,
      noPrune: true,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (!isFault(error, "docker/not-found")) throw error;
  }
}
