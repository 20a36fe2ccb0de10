/** The networks and volumes of a Compose project, as a stack needs them. */
import type { ComposeProject } from "../recipe/compose.ts";
import type { StackNetwork, StackVolume } from "./stack-spec.ts";

/** By their keys; `default` is there when a service is in it. */
export function stackNetworks(project: ComposeProject): ReadonlyMap<string, StackNetwork> {
  const keys = new Set([...project.services.values()].flatMap(({ networks }) => networks));
  return new Map(
    [...keys].map((key) => [
      key,
      {
        name: `${project.name}_${key}`,
        internal: project.networks.get(key)?.internal ?? false,
        external: false,
      },
    ]),
  );
}

export function stackVolumes(project: ComposeProject): ReadonlyMap<string, StackVolume> {
  return new Map(
    [...project.volumes].map(([key, { name }]) => [
      key,
      { name: name ?? `${project.name}_${key}`, external: false },
    ]),
  );
}
