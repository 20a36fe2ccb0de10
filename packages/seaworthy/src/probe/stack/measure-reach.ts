/** Who gets through to whom: from each service's place in its networks, and from this machine, to every other service. */
import type { ReportReach, Text } from "@seaworthy/evidence";
import type { Container } from "../../engine/container.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { covers, isLoopback } from "../../net/listeners.ts";
import { type OwnAddress, ownAddresses } from "../../net/own-addresses.ts";
import { reach } from "../../net/reach.ts";
import { attachments, networkOwner } from "../../stack/runc/plan-networks.ts";
import type { Trampoline } from "../../trampoline/client.ts";
import { failedWith, outcomeOf, succeeded } from "../attacker.ts";
import { AF_INET, AF_INET6, socketAddress } from "../socket-address.ts";
import { exposureOf } from "./exposure.ts";
import { inIdle } from "./idle.ts";
import { attempt, firstProcess, isDone, type StackScene, stateOf } from "./scene.ts";
import { together } from "./together.ts";

type Tried = ReportReach["tried"];

/** Where a service listens for others. */
export interface Place {
  readonly address: OwnAddress;
  readonly port: number;
}

/** What a connection that was made is written down as; any other is an errno, or its absence in words. */
export const CONNECTED = "connected";

const SOCK_STREAM = 1;
const SOL_SOCKET = 1;
const SO_SNDTIMEO = 21;
/** A `struct timeval` of one second: what a packet filter swallows would otherwise take minutes. */
const PATIENCE = Buffer.from(BigUint64Array.of(1n, 0n).buffer);
/** A service that listens on more is still reached or not. */
const MOST_PLACES = 16;

/**
 * Connects and says nothing, to the live services, each from a container like the other's that stands in its live network.
 * @returns every service from every other one, in their order, and then from the machine
 */
export async function measureReach(scene: StackScene): Promise<readonly ReportReach[]> {
  const { services } = scene;
  const targets = new Map(
    await Promise.all(services.map(async (one) => [one, await placesOf(scene, one)] as const)),
  );
  const rows = await together(services.map((from) => reachFrom(scene, from, targets)));
  return [...rows.flat(), ...(await together(services.map((to) => reachFromHost(scene, to))))];
}

/**
 * Connects to all of these places from a container like one service's, in the network of the same or another one.
 * @returns why it could not, when it could not
 */
export async function connectFrom(
  scene: StackScene,
  like: StackService,
  where: StackService,
  places: readonly Place[],
): Promise<Tried | Text> {
  const network = stateOf(scene, where)?.network;
  if (network === undefined && where.container.network !== "none")
    return { en: `${where.container.name} does not run`, ru: `${where.container.name} не работает` };
  const tried: Tried[number][] = [];
  const { outcome, summary } = await inIdle(
    scene,
    withoutOwnProfile(like.container),
    async (_, trampoline) => {
      for (const { address, port } of places) {
        const saw = await connect(trampoline, address, port);
        tried.push({ address: address.text, port, saw });
      }
      return attempt("refused", "", "");
    },
    network === undefined ? { kind: "private" } : { kind: "join", network },
  );
  return outcome === "unable" ? summary : tried;
}

/** Where a service listens for others; why that cannot be told, when it cannot. */
export async function placesOf(scene: StackScene, service: StackService): Promise<readonly Place[] | Text> {
  const pid = await firstProcess(scene, service);
  if (typeof pid !== "number") return pid.outcome === "absent" ? [] : pid.summary;
  const sockets = await scene.runtime.insideListeners(scene.state.project, service.container.name);
  const addresses = service.container.network === "host" ? [] : await ownAddresses(pid);
  const places = addresses.flatMap((address) =>
    (sockets ?? [])
      .filter((socket) => !isLoopback(socket.address) && covers(socket.address, address.text))
      .map(({ port }) => ({ address, port })),
  );
  return places.slice(0, MOST_PLACES);
}

/** Whether the declaration puts both into one network. */
export function shareNetwork(
  { services }: Pick<StackScene, "services">,
  one: StackService,
  other: StackService,
): boolean {
  const first = networkOwner(one, { services });
  const second = networkOwner(other, { services });
  if (first === second) return true;
  const names = new Set(attachments(first).map(({ network }) => network));
  return attachments(second).some(({ network }) => names.has(network));
}

async function reachFrom(
  scene: StackScene,
  from: StackService,
  targets: ReadonlyMap<StackService, readonly Place[] | Text>,
): Promise<readonly ReportReach[]> {
  // On the host's network it stands where the machine does; a job that is done stands nowhere.
  if (from.container.network === "host" || isDone(stateOf(scene, from))) return [];
  const others = [...targets].filter(([to]) => to !== from);
  const known = others.flatMap(([, places]) => (isText(places) ? [] : places));
  const tried = known.length === 0 ? [] : await connectFrom(scene, from, from, known);
  return others.map(([to, places]) => {
    const row = { from: from.container.name, to: to.container.name, declared: shareNetwork(scene, from, to) };
    if (isText(places)) return { ...row, tried: [], problem: places };
    if (places.length === 0) return { ...row, tried: [] };
    if (isText(tried)) return { ...row, tried: [], problem: tried };
    const isHere = ({ address, port }: Tried[number]): boolean =>
      places.some((place) => place.address.text === address && place.port === port);
    return { ...row, tried: tried.filter(isHere) };
  });
}

async function reachFromHost(scene: StackScene, service: StackService): Promise<ReportReach> {
  const { places, isOurs } = await exposureOf(scene, service);
  const tried = await Promise.all(
    // Port 0 stands for one that the engine chose.
    places
      .filter(({ port }) => port > 0)
      .map(async ({ address, port }) => {
        const { errno } = await reach(address, port);
        return { address, port, saw: errno ?? (isOurs(address, port) ? CONNECTED : "another program") };
      }),
  );
  return { to: service.container.name, declared: service.ports.length > 0, tried };
}

async function connect(first: Trampoline, { bytes }: OwnAddress, port: number): Promise<string> {
  const family = bytes.length === 4 ? AF_INET : AF_INET6;
  const made = await first.call("socket", [family, SOCK_STREAM, 0]);
  if (!succeeded(made)) return outcomeOf(made);
  const where = socketAddress(bytes, port);
  await first.call("setsockopt", [made.value, SOL_SOCKET, SO_SNDTIMEO, PATIENCE, PATIENCE.length]);
  const connected = await first.call("connect", [made.value, where, where.length]);
  await first.call("close", [made.value]);
  // connect(2) with a time limit: what is still under way when it is over.
  if (failedWith(connected, "EINPROGRESS")) return "no answer";
  return succeeded(connected) ? CONNECTED : outcomeOf(connected);
}

/** A filter of the service's own, which may know nothing of these calls, would pass for a network that is closed. */
function withoutOwnProfile(container: Container): Container {
  const { seccompProfile: _, ...extras } = container.extras ?? {};
  return { ...container, extras };
}

function isText(value: readonly unknown[] | Text): value is Text {
  return "en" in value;
}
