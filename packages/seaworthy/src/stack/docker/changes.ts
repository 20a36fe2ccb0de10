/** What a service wrote to its root file system, as the engine tells it. */
import { createApi } from "../../engine/docker/api.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import type { FileChange } from "../stack-runtime.ts";
import { serviceContainer } from "./snapshot.ts";

/** @see https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Container/operation/ContainerChanges */
const KINDS = ["changed", "added", "deleted"] as const;

interface EngineChange {
  readonly Path: string;
  readonly Kind: number;
}

export async function readChanges(
  client: DockerClient,
  project: string,
  service: string,
): Promise<readonly FileChange[]> {
  const { Id } = await serviceContainer(client, project, service);
  using api = createApi(client.endpoint, client.apiVersion);
  const changes = await api.json<readonly EngineChange[] | null>({
    method: "GET",
    path: `/containers/${Id}/changes`,
    asked: `what service "${service}" changed in its root file system`,
  });
  return toFileChanges(changes ?? []);
}

/** Pure. By path. */
export function toFileChanges(changes: readonly EngineChange[]): readonly FileChange[] {
  return changes
    .flatMap(({ Path, Kind }): FileChange[] => {
      const kind = KINDS[Kind];
      return kind === undefined ? [] : [{ path: Path, kind }];
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
