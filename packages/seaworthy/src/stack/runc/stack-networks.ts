/** The network of each service: a namespace of its own, joined to others by the networks of the stack; or one pod where that cannot be. */
import type { NetworkHandle, StartOptions } from "../../engine/engine.ts";
import { makeNetworks, type NetworkPlan } from "../../engine/runc/networks.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { Fault } from "../../fault/fault.ts";
import { UnableError } from "../../trampoline/client.ts";
import type { StackSpec } from "../stack-spec.ts";
import { knownNames, networkOwner, sharesNetworkOf } from "./plan-networks.ts";

export interface ServiceNetwork {
  readonly start: Pick<StartOptions, "network" | "hosts">;
  /** By which others may join it; `undefined` for the host's, and for one with a loopback only. */
  readonly handle: NetworkHandle | undefined;
  /** Where the supervisor reaches the service. */
  readonly address: string;
}

export interface StackNetworks extends AsyncDisposable {
  of(service: StackService): ServiceNetwork;
}

const LOOPBACK = "127.0.0.1";

/**
 * For a caller in the network namespace that becomes the hub.
 * @param host the host's network namespace, by path
 * @param folder where a program may be kept and executed for a moment
 * @throws Fault `stack/separate-networks` when namespaces cannot be made, and one for all would join what is kept apart
 */
export async function stackNetworks(
  spec: StackSpec,
  plan: NetworkPlan,
  { host, folder }: { readonly host: string; readonly folder: string },
): Promise<StackNetworks> {
  const onHost: ServiceNetwork = {
    start: { network: { kind: "join", network: host } },
    handle: undefined,
    address: LOOPBACK,
  };
  try {
    const networks = await makeNetworks(plan, folder);
    const of = (service: StackService): ServiceNetwork => {
      const owner = networkOwner(service, spec);
      if (owner.container.network === "host") return onHost;
      const { name, network } = owner.container;
      const handle = networks.handles.get(name);
      if (handle === undefined) throw new TypeError(`expected a network namespace for ${name}`);
      return {
        start: { network: { kind: "join", network: handle }, hosts: knownNames(owner, spec, plan) },
        handle: network === "private" ? handle : undefined,
        address: plan.services.get(name)?.[0]?.address ?? LOOPBACK,
      };
    };
    return { of, [Symbol.asyncDispose]: () => networks[Symbol.asyncDispose]() };
  } catch (error) {
    if (!(error instanceof UnableError)) throw error;
    requireTogether(plan, error.message);
  }
  const pod: NetworkHandle = `/proc/${process.pid}/ns/net`;
  const hosts = podNames(spec);
  const of = (service: StackService): ServiceNetwork => {
    const { network } = networkOwner(service, spec).container;
    if (network === "host") return onHost;
    if (network === "none")
      return { start: { network: { kind: "private" } }, handle: undefined, address: LOOPBACK };
    return { start: { network: { kind: "join", network: pod }, hosts }, handle: pod, address: LOOPBACK };
  };
  return { of, [Symbol.asyncDispose]: () => Promise.resolve() };
}

function requireTogether(plan: NetworkPlan, why: string): void {
  const all = [...plan.services].filter(([, places]) => places.length > 0);
  for (const [one, places] of all) {
    for (const [other, others] of all) {
      if (places.some(({ network }) => others.some((place) => place.network === network))) continue;
      throw new Fault({
        code: "stack/separate-networks",
        message: `expected to keep ${one} and ${other} apart, but this machine lets nobody make networks: ${why}`,
        hint: "Give both a common network, or run the stack on a Docker Engine (--engine docker).",
        exit: 2,
      });
    }
  }
}

/** Every service in it, container name and alias, by the loopback that all of the pod share. */
function podNames(spec: StackSpec): ReadonlyMap<string, string> {
  const members = spec.services.filter(
    (service) => service.container.network === "private" && sharesNetworkOf(service) === undefined,
  );
  const names = members.flatMap(({ container, containerName, networks }) => [
    container.name,
    ...(containerName === undefined ? [] : [containerName]),
    ...networks.flatMap(({ aliases }) => aliases),
  ]);
  return new Map(names.map((name) => [name, LOOPBACK]));
}
