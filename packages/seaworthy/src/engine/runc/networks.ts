/** Networks of a stack: a bridge for each, a namespace for each service, and a cable wherever a service is in a network. */
import { UnableError } from "../../trampoline/client.ts";
import type { NetworkHandle } from "../engine.ts";
import { addAddress, addBridge, addCable, bringUp, LOOPBACK } from "./netlink.ts";
import { type NetworkNamespace, networkProgram, openNamespace } from "./network-namespace.ts";
import { isRootless } from "./rootless.ts";

/** Addresses are IPv4. */
export interface NetworkPlan {
  /** By network. */
  readonly bridges: ReadonlyMap<string, { readonly address: string; readonly prefix: number }>;
  /** By service: its place in each of its networks, in their order. A service in none has a loopback only. */
  readonly services: ReadonlyMap<string, readonly NetworkPlace[]>;
}

export interface NetworkPlace {
  readonly network: string;
  readonly address: string;
}

export interface Networks extends AsyncDisposable {
  /** Each service's namespace, for as long as this is not disposed of. */
  readonly handles: ReadonlyMap<string, NetworkHandle>;
}

const NEW_NAMESPACE = ["unshare", "--net", "--"];

/** Above what the kernel gives to devices that come with every namespace. */
const FIRST_INDEX = 1000;

/**
 * Makes the hub of the network namespace that the caller is in. The hub has an address in every network, so that the
 * caller reaches every service; it passes nothing on from one network to another, and has no way out itself.
 * @param folder where a program may be kept and executed for a moment
 * @throws UnableError
 */
export async function makeNetworks(plan: NetworkPlan, folder: string): Promise<Networks> {
  const held: NetworkNamespace[] = [];
  const dispose = async (): Promise<void> => {
    await Promise.all(held.map((namespace) => namespace[Symbol.asyncDispose]()));
  };
  await using program = await networkProgram(requireX64(folder));
  try {
    await using hub = await openNamespace(program.path, []);
    // A new namespace takes this over from the host, which may well be a router.
    await hub.set("ipv4/ip_forward", "0");
    const bridges = await layBridges(hub, plan);
    const handles = new Map<string, NetworkHandle>();
    let index = FIRST_INDEX + bridges.size;
    for (const [service, places] of plan.services) {
      const namespace = await openNamespace(program.path, NEW_NAMESPACE);
      held.push(namespace);
      handles.set(service, namespace.handle);
      await prepare(namespace);
      for (const [order, { network, address }] of places.entries()) {
        const bridge = bridges.get(network);
        if (bridge === undefined) throw new TypeError(`expected a bridge for the network ${network}`);
        index += 1;
        const device = { index: FIRST_INDEX + order, name: `eth${order}` };
        const near = { index, name: `cable${index - FIRST_INDEX}`, bridge: bridge.index };
        await hub.ask(`join ${service} to ${network}`, addCable(near, { ...device, pid: namespace.pid }));
        await namespace.ask(`give ${service} ${address}`, addAddress(device.index, address, bridge.prefix));
        await namespace.ask(`bring ${device.name} of ${service} up`, bringUp(device.index));
      }
    }
    return { handles, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function layBridges(
  hub: NetworkNamespace,
  plan: NetworkPlan,
): Promise<ReadonlyMap<string, { readonly index: number; readonly prefix: number }>> {
  const bridges = new Map<string, { readonly index: number; readonly prefix: number }>();
  await disableIpv6(hub);
  for (const [network, { address, prefix }] of plan.bridges) {
    const index = FIRST_INDEX + bridges.size;
    await hub.ask(`make a bridge for ${network}`, addBridge(index, `bridge${bridges.size}`));
    await hub.ask(`give the bridge of ${network} ${address}`, addAddress(index, address, prefix));
    bridges.set(network, { index, prefix });
  }
  return bridges;
}

/** As Docker has it: any user may listen on any port, and devices have no IPv6 address that nobody gave them. */
async function prepare(namespace: NetworkNamespace): Promise<void> {
  await namespace.ask("bring the loopback up", bringUp(LOOPBACK));
  await namespace.set("ipv4/ip_unprivileged_port_start", "0");
  await disableIpv6(namespace);
}

async function disableIpv6(namespace: NetworkNamespace): Promise<void> {
  try {
    await namespace.set("ipv6/conf/default/disable_ipv6", "1");
  } catch (error) {
    // A kernel without IPv6 has no such setting.
    if (!(error instanceof UnableError) || !error.message.endsWith("ENOENT")) throw error;
  }
}

/** Tries it out, in a namespace that is gone afterwards. @returns why it cannot be done here, or `undefined` when it can */
export async function whyNoNetworks(folder: string): Promise<string | undefined> {
  const user = isRootless() ? ["--user", "--map-root-user"] : [];
  try {
    await using program = await networkProgram(requireX64(folder));
    await using hub = await openNamespace(program.path, ["unshare", ...user, "--net", "--"]);
    await hub.set("ipv4/ip_forward", "0");
    await hub.ask("make a bridge", addBridge(FIRST_INDEX, "bridge0"));
    await hub.ask(
      "make a cable",
      addCable(
        { index: FIRST_INDEX + 1, name: "cable0", bridge: FIRST_INDEX },
        { index: FIRST_INDEX + 2, name: "eth0", pid: hub.pid },
      ),
    );
    return undefined;
  } catch (error) {
    if (error instanceof UnableError) return error.message;
    throw error;
  }
}

function requireX64(folder: string): string {
  if (process.arch === "x64") return folder;
  throw new UnableError(`make networks: there is no program for ${process.arch} yet`);
}
