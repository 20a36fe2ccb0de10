/** The sockets that answer for a stack: on this machine, and inside a service. */
import type { ContainerDetails } from "../../engine/docker/api-types.ts";
import { covers, type ListeningSocket, listeningSockets, processTree } from "../../net/listeners.ts";
import { machineListeners } from "./ports.ts";
import { boundPorts, isLive } from "./service-state.ts";

/** Of all these containers. Nothing for an engine on another machine. */
export async function hostListeners(
  containers: readonly ContainerDetails[],
  local: boolean,
): Promise<readonly ListeningSocket[]> {
  if (!local) return [];
  const live = containers.filter(({ State }) => isLive(State.Status));
  const published = onThisMachine(live, await machineListeners());
  const trees = await Promise.all(live.filter(isOnHostNetwork).map(({ State }) => processTree(State.Pid)));
  return distinct([...published, ...(await listeningSockets("self", trees.flat()))]);
}

/**
 * Published ports as the kernel has them. One without a socket of its own is led into the container by the packet filter:
 * it answers at the address it was bound to all the same. Pure.
 */
export function onThisMachine(
  containers: readonly Pick<ContainerDetails, "NetworkSettings">[],
  kernel: readonly ListeningSocket[],
): readonly ListeningSocket[] {
  return containers
    .flatMap(boundPorts)
    .filter(({ protocol }) => protocol !== "udp")
    .flatMap(({ address, published }) => {
      const found = kernel.filter((one) => one.port === published && covers(one.address, address));
      return found.length === 0 ? [{ address, port: published }] : found;
    });
}

function isOnHostNetwork({ HostConfig, State }: ContainerDetails): boolean {
  return HostConfig["NetworkMode"] === "host" && State.Pid > 0;
}

/** `undefined` where the container's processes are not ours to see. */
export async function insideListeners(
  { State }: ContainerDetails,
  local: boolean,
): Promise<readonly ListeningSocket[] | undefined> {
  if (!local || !isLive(State.Status)) return local ? [] : undefined;
  return await listeningSockets(State.Pid, await processTree(State.Pid));
}

function distinct(sockets: readonly ListeningSocket[]): readonly ListeningSocket[] {
  return [...new Map(sockets.map((one) => [`${one.address} ${one.port}`, one])).values()];
}
