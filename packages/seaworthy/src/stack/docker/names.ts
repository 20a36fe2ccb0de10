/** What containers are called: as `docker compose` names them, so that nobody has to learn new names. */
import type { StackService } from "../../engine/stack-service.ts";
import type { StackSpec } from "../stack-spec.ts";

/** `myapp-db-1`, or the service's `container_name`. */
export function containerName({ project }: Pick<StackSpec, "project">, service: StackService): string {
  return service.containerName ?? `${project}-${service.container.name}-1`;
}

/** By which other services of a network find it, beside the container's own name. */
export function networkAliases(service: StackService, own: readonly string[]): readonly string[] {
  const { containerName: given, container } = service;
  return [...new Set([container.name, ...(given === undefined ? [] : [given]), ...own])];
}
