/** The networks of a stack: made with it, and gone with it. */
import type { NetworkCreate } from "../../engine/docker/api-types.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import { isFault } from "../../engine/docker/engine-fault.ts";
import { Fault } from "../../fault/fault.ts";
import type { StackNetwork, StackSpec } from "../stack-spec.ts";
import type { Journal } from "./journal.ts";
import { networkLabels, ofProject } from "./labels.ts";

/**
 * Makes those that a service is in; external ones must be there.
 * @throws Fault `stack/unknown-network`, `stack/network-missing`, `stack/network-taken`
 */
export async function createNetworks(
  client: DockerClient,
  spec: StackSpec,
  {
    journal,
    leash,
    signal,
  }: { journal: Journal; leash: string | undefined; signal: AbortSignal | undefined },
): Promise<void> {
  const used = new Set(spec.services.flatMap(({ networks }) => networks.map(({ network }) => network)));
  for (const key of used) {
    const network = networkOf(spec, key);
    const present = await isThere(client, network.name, signal);
    if (network.external && !present) {
      throw networkFault("stack/network-missing", network, "to be there, since it is external", "none", {
        hint: `Make it (docker network create ${network.name}), or take \`external\` out of the Compose file.`,
      });
    }
    if (network.external) continue;
    if (present) {
      throw networkFault("stack/network-taken", network, "to be free to make", "one of that name", {
        hint: `Remove it (docker network rm ${network.name}), or give this one another name.`,
      });
    }
    const { id } = await client.networks.create(toNetworkCreate(network, networkLabels(spec, key, leash)));
    journal.made(() => client.networks.remove(id));
    signal?.throwIfAborted();
  }
}

/** @throws Fault `stack/unknown-network` */
export function networkOf(spec: StackSpec, key: string): StackNetwork {
  const network = spec.networks.get(key);
  if (network !== undefined) return network;
  throw new Fault({
    code: "stack/unknown-network",
    message: `expected a network of the stack (${[...spec.networks.keys()].join(", ")}), found "${key}"`,
  });
}

export function toNetworkCreate(
  { name, internal, driver, driverOptions, subnets, ipv6 }: StackNetwork,
  labels: Readonly<Record<string, string>>,
): NetworkCreate {
  return {
    Name: name,
    // Engines before 1.44 would make a second one of the same name.
    CheckDuplicate: true,
    Driver: driver ?? "bridge",
    Internal: internal,
    Labels: labels,
    ...(ipv6 === true ? { EnableIPv6: true } : {}),
    ...(driverOptions === undefined ? {} : { Options: Object.fromEntries(driverOptions) }),
    ...(subnets === undefined || subnets.length === 0
      ? {}
      : { IPAM: { Driver: "default", Config: subnets.map((Subnet) => ({ Subnet })) } }),
  };
}

/**
 * Removes all networks of a project.
 * @returns how many there were
 * @throws Fault `stack/network-in-use` when containers of somebody else are in one; the others are removed all the same
 */
export async function removeNetworks(
  client: DockerClient,
  project: string,
  signal?: AbortSignal,
): Promise<number> {
  const networks = await client.networks.list({ filters: ofProject(project), signal });
  const problems: unknown[] = [];
  for (const { Id, Name } of networks) {
    await removeNetwork(client, { id: Id, name: Name }, signal).catch((problem: unknown) =>
      problems.push(problem),
    );
  }
  if (problems.length > 0) throw problems[0];
  return networks.length;
}

async function removeNetwork(
  client: DockerClient,
  { id, name }: { readonly id: string; readonly name: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    // Asked first: some engines would throw its users out.
    const users = await usersOf(client, id, signal);
    if (users.length > 0) throw inUse(name, users);
    await client.networks.remove(id, signal);
  } catch (error) {
    if (!isFault(error, "docker/not-found")) throw error;
  }
}

function inUse(name: string, users: readonly string[]): Fault {
  return new Fault({
    code: "stack/network-in-use",
    message: `expected nobody else in network ${name}, found ${users.join(", ")}`,
    hint: `Take them out (docker network disconnect ${name} CONTAINER), then run down again.`,
    exit: 2,
  });
}

/** The containers in a network, by name. Ends of those that are no more, as a killed engine keeps them, are taken out. */
async function usersOf(
  client: DockerClient,
  network: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const { Containers } = await client.networks.inspect(network, signal);
  const users: string[] = [];
  for (const [id, { Name }] of Object.entries(Containers ?? {})) {
    if (await exists(client, id)) users.push(Name);
    else await client.networks.disconnect(network, Name, { force: true, signal });
  }
  return users;
}

async function exists(client: DockerClient, container: string): Promise<boolean> {
  try {
    await client.containers.inspect(container);
    return true;
  } catch (error) {
    if (isFault(error, "docker/not-found")) return false;
    throw error;
  }
}

/** An engine's name filter also finds longer names. */
async function isThere(
  client: DockerClient,
  name: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const found = await client.networks.list({ filters: { name: [name] }, signal });
  return found.some(({ Name }) => Name === name);
}

function networkFault(
  code: string,
  { name }: StackNetwork,
  expected: string,
  found: string,
  { hint }: { readonly hint: string },
): Fault {
  return new Fault({ code, message: `expected network ${name} ${expected}, found ${found}`, hint });
}
