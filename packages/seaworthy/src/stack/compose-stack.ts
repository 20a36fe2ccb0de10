/** The networks and volumes of a Compose project, as a stack needs them. */
import type { ComposeProject } from "../recipe/compose.ts";
import type { StackNetwork, StackVolume } from "./stack-spec.ts";

/** By their keys; `default` is there when a service is in it. */
export function stackNetworks(project: ComposeProject): ReadonlyMap<string, StackNetwork> {
  const keys = new Set(
    [...project.services.values()].flatMap(({ networks }) => networks.map(({ network }) => network)),
  );
  return new Map(
    [...keys].map((key) => {
      const declared = project.networks.get(key) ?? { internal: false, external: false };
      return [key, { ...declared, name: nameOf(project, key, declared) }];
    }),
  );
}

export function stackVolumes(project: ComposeProject): ReadonlyMap<string, StackVolume> {
  return new Map(
    [...project.volumes].map(([key, declared]) => [
      key,
      { ...declared, name: nameOf(project, key, declared) },
    ]),
  );
}

/** What others made goes by its own name, and not by that of a project. */
function nameOf(
  project: ComposeProject,
  key: string,
  { name, external }: { readonly name?: string | undefined; readonly external: boolean },
): string {
  return name ?? (external ? key : `${project.name}_${key}`);
}
