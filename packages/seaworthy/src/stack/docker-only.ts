/** What a Compose file may say of networks, volumes and ports that the built-in engine does not have: refused, not dropped. */
import { Fault } from "../fault/fault.ts";
import type { ComposeProject } from "../recipe/compose.ts";

interface Foreign {
  readonly path: readonly string[];
  readonly found: string;
}

/** @throws Fault `stack/docker-only` at the first of them */
export function requireBuiltIn(project: ComposeProject): void {
  const [first] = [...foreignNetworks(project), ...foreignVolumes(project), ...foreignPorts(project)];
  if (first === undefined) return;
  throw new Fault({
    code: "stack/docker-only",
    message: `expected what the built-in engine can give, found ${first.found}`,
    place: project.place(first.path),
    hint: "Leave it out, or run the stack on a Docker Engine (--engine docker).",
  });
}

function foreignNetworks({ networks }: ComposeProject): readonly Foreign[] {
  return [...networks].flatMap(([key, network]) => {
    const at = (name: string, found: string): Foreign => ({ path: ["networks", key, name], found });
    if (network.external) return [at("external", `the network "${key}" of somebody else`)];
    const { driver = "bridge", driverOptions } = network;
    if (driver !== "bridge") return [at("driver", `the network driver "${driver}"`)];
    if ((driverOptions?.size ?? 0) > 0) return [at("driver_opts", `options of the network "${key}"`)];
    return network.ipv6 === true ? [at("enable_ipv6", "a network with IPv6")] : [];
  });
}

function foreignVolumes({ volumes }: ComposeProject): readonly Foreign[] {
  return [...volumes].flatMap(([key, volume]) => {
    const at = (name: string, found: string): Foreign => ({ path: ["volumes", key, name], found });
    if (volume.external) return [at("external", `the volume "${key}" of somebody else`)];
    if (volume.driver !== undefined) return [at("driver", `the volume driver "${volume.driver}"`)];
    return (volume.driverOptions?.size ?? 0) > 0 ? [at("driver_opts", `options of the volume "${key}"`)] : [];
  });
}

function foreignPorts({ services }: ComposeProject): readonly Foreign[] {
  return [...services.values()].flatMap(({ name, ports }) =>
    ports
      .filter(({ protocol }) => protocol === "udp")
      .map(({ target }) => ({
        path: ["services", name, "ports"],
        found: `the UDP port ${target} published`,
      })),
  );
}
