/** Networks without a way out, beside those that have one: for services that nobody outside needs to reach. */
import type { NetworkAttachment, StackService } from "../engine/stack-service.ts";
import type { StackNetwork } from "../stack/stack-spec.ts";

export interface ClosedNetworks {
  /** All that were in an open network are in the closed one beside it, too. */
  readonly services: readonly StackService[];
  /** The new ones, by their keys. */
  readonly networks: ReadonlyMap<string, StackNetwork>;
}

/** The key of the network without a way out that stands beside an open one. */
function closedBeside(network: string): string {
  return network === "default" ? "internal" : `${network}-internal`;
}

/**
 * Beside each open network of the project's own in which somebody publishes nothing, a closed one with the same services.
 * A network that others made is left alone: who else is in it cannot be seen.
 * @param project by whose name the new networks are called
 */
export function withClosedNetworks(
  services: readonly StackService[],
  declared: ReadonlyMap<string, StackNetwork>,
  project: string,
): ClosedNetworks {
  const networks = new Map<string, StackNetwork>();
  for (const network of new Set(services.flatMap((service) => service.networks.map((one) => one.network)))) {
    const { internal = false, external = false } = declared.get(network) ?? {};
    const key = closedBeside(network);
    const isNeeded = services.some((service) => isIn(service, network) && service.ports.length === 0);
    if (internal || external || declared.has(key) || !isNeeded) continue;
    networks.set(key, { name: `${project}_${key}`, internal: true, external: false });
  }
  return {
    networks,
    services: services.map((service) => ({
      ...service,
      networks: service.networks.flatMap((one): readonly NetworkAttachment[] =>
        networks.has(closedBeside(one.network))
          ? [one, { network: closedBeside(one.network), aliases: one.aliases }]
          : [one],
      ),
    })),
  };
}

/** Out of every open network that has a closed one beside it; one that publishes a port is reached through the open one. */
export function withoutWayOut(service: StackService): StackService {
  if (service.ports.length > 0) return service;
  return {
    ...service,
    networks: service.networks.filter(({ network }) => !isIn(service, closedBeside(network))),
  };
}

function isIn({ networks }: StackService, key: string): boolean {
  return networks.some(({ network }) => network === key);
}
