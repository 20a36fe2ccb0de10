/** Decides which address each service has in each of its networks, and whom it knows by which name. */
import type { NetworkPlace, NetworkPlan } from "../../engine/runc/networks.ts";
import type { NetworkAttachment, StackService } from "../../engine/stack-service.ts";
import { Fault } from "../../fault/fault.ts";
import type { StackSpec } from "../stack-spec.ts";
import { contains, formatAddress, freeSubnet, parseAddress, parseSubnet, type Subnet } from "./subnets.ts";

/**
 * @param routes of the host
 * @throws Fault `stack/address`, `stack/subnet`, `stack/no-subnet`, `stack/ipv6`, `stack/shared-network`
 */
export function planNetworks(spec: StackSpec, routes: readonly Subnet[]): NetworkPlan {
  const services = spec.services.filter((service) => {
    const owner = networkOwner(service, spec);
    return owner === service && service.container.network !== "host";
  });
  const keys = [
    ...new Set(services.flatMap((service) => attachments(service).map(({ network }) => network))),
  ];
  const subnets = chooseSubnets(keys, spec, routes);
  const addresses = new Map(
    [...subnets].map(([network, subnet]) => [network, giveAddresses(network, subnet, services)]),
  );
  return {
    bridges: new Map(
      [...subnets].map(([key, { base, prefix }]) => [key, { address: formatAddress(base + 1), prefix }]),
    ),
    services: new Map(
      services.map((service) => [
        service.container.name,
        attachments(service).flatMap(({ network }): readonly NetworkPlace[] => {
          const address = addresses.get(network)?.get(service.container.name);
          return address === undefined ? [] : [{ network, address: formatAddress(address) }];
        }),
      ]),
    ),
  };
}

/**
 * The names that a service knows: its own and those of services it shares a network with, each at the address it has
 * in the first network that both are in. An alias is known in its own network only.
 */
export function knownNames(
  service: StackService,
  spec: StackSpec,
  plan: NetworkPlan,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const know = (name: string, address: string): void => {
    if (!names.has(name)) names.set(name, address);
  };
  const own = service.container.name;
  const seen = attachments(service).flatMap(({ network }) =>
    spec.services.flatMap((other) => {
      const address = plan.services
        .get(other.container.name)
        ?.find((place) => place.network === network)?.address;
      return address === undefined ? [] : [{ other, network, address }];
    }),
  );
  for (const { other, address } of seen) if (other.container.name === own) know(own, address);
  // A service's own name before what others would like to be called.
  for (const { other, address } of seen) know(other.container.name, address);
  for (const { other, address } of seen)
    if (other.containerName !== undefined) know(other.containerName, address);
  for (const { other, network, address } of seen) {
    for (const one of attachments(other)) {
      if (one.network === network) for (const alias of one.aliases) know(alias, address);
    }
  }
  return names;
}

/** The service whose network this one shares: `network_mode: service:NAME`. */
export function sharesNetworkOf({ container }: StackService): string | undefined {
  return /^service:(.+)$/.exec(container.extras?.shareNetwork ?? "")?.[1];
}

/**
 * The service whose network it has: itself, or the one it names, however many names that takes.
 * @throws Fault `stack/shared-network`
 */
export function networkOwner(service: StackService, spec: Pick<StackSpec, "services">): StackService {
  const seen = new Set<StackService>();
  let owner = service;
  for (let shared = sharesNetworkOf(owner); shared !== undefined; shared = sharesNetworkOf(owner)) {
    seen.add(owner);
    const next = spec.services.find(({ container }) => container.name === shared);
    if (next === undefined || seen.has(next)) {
      throw new Fault({
        code: "stack/shared-network",
        message: `expected ${service.container.name} to share the network of a service of this stack, found ${shared}`,
        hint: "See `network_mode` in the Compose file.",
      });
    }
    owner = next;
  }
  return owner;
}

/** Compose puts a service that names no network into the one that every project has. */
export function attachments(service: StackService): readonly NetworkAttachment[] {
  if (service.container.network !== "private" || sharesNetworkOf(service) !== undefined) return [];
  return service.networks.length > 0 ? service.networks : [{ network: "default", aliases: [] }];
}

/** Those that are named are there first, so that none of ours is in their way. */
function chooseSubnets(
  keys: readonly string[],
  { networks }: StackSpec,
  routes: readonly Subnet[],
): ReadonlyMap<string, Subnet> {
  const chosen = new Map<string, Subnet>();
  for (const key of keys) {
    const declared = networks.get(key);
    const found = (declared?.subnets ?? []).map(parseSubnet).find((subnet) => subnet !== undefined);
    if (found !== undefined) chosen.set(key, found);
    else if ((declared?.subnets ?? []).some((subnet) => !subnet.includes(":"))) {
      throw fault(
        "stack/subnet",
        `expected an IPv4 subnet for the network ${key}`,
        declared?.subnets?.join(", "),
      );
    }
  }
  for (const key of keys) {
    if (!chosen.has(key)) chosen.set(key, freeSubnet([...routes, ...chosen.values()]));
  }
  return chosen;
}

/** The first address is the hub's, as Docker's gateway has it; those that are asked for are given before the others. */
function giveAddresses(
  network: string,
  subnet: Subnet,
  services: readonly StackService[],
): ReadonlyMap<string, number> {
  const last = subnet.base + 2 ** (32 - subnet.prefix) - 1;
  const gateway = subnet.base + 1;
  const given = new Map<string, number>();
  const members = services.flatMap((service) =>
    attachments(service)
      .filter((one) => one.network === network)
      .map((attachment) => ({ name: service.container.name, attachment })),
  );
  const isFree = (address: number): boolean => address !== gateway && ![...given.values()].includes(address);
  for (const { name, attachment } of members) {
    const { ipv4Address, ipv6Address } = attachment;
    if (ipv6Address !== undefined) {
      throw fault("stack/ipv6", `expected ${name} to have an IPv4 address in ${network}`, ipv6Address);
    }
    if (ipv4Address === undefined) continue;
    const address = parseAddress(ipv4Address);
    const range = `${formatAddress(gateway + 1)} to ${formatAddress(last - 1)}`;
    const isInside =
      address !== undefined && contains(subnet, address) && address > gateway && address < last;
    if (!isInside || !isFree(address)) {
      const what = `expected an address that is free for ${name} in ${network}, of ${range}`;
      throw fault("stack/address", what, ipv4Address);
    }
    given.set(name, address);
  }
  let next = gateway + 1;
  for (const { name } of members) {
    if (given.has(name)) continue;
    while (!isFree(next)) next += 1;
    if (next >= last)
      throw fault("stack/address", `expected room for ${name} in ${network}`, "a subnet that is full");
    given.set(name, next);
  }
  return given;
}

function fault(code: string, expected: string, found = "none"): Fault {
  return new Fault({
    code,
    message: `${expected}, found ${found}`,
    hint: "See `networks` and `ipv4_address` in the Compose file.",
  });
}
