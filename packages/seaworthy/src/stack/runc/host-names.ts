/** The names that services call each other by, where all of them share one network namespace. */
import type { StackSpec } from "../stack-spec.ts";

/** Every service, container name and alias by the loopback address that all of the pod share. */
export function hostNames(spec: StackSpec): ReadonlyMap<string, string> {
  const names = spec.services.flatMap(({ container, containerName, networks }) => [
    container.name,
    ...(containerName === undefined ? [] : [containerName]),
    ...networks.flatMap(({ aliases }) => aliases),
  ]);
  return new Map(names.map((name) => [name, "127.0.0.1"]));
}
