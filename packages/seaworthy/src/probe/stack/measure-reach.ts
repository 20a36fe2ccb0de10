/** Who gets through to whom: from each service's place in its networks, and from this machine, to every other service. */
import type { ReportReach, Text } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import { covers, isLoopback } from "../../net/listeners.ts";
import { ownAddresses } from "../../net/own-addresses.ts";
import { reach } from "../../net/reach.ts";
import { attachments, networkOwner } from "../../stack/runc/plan-networks.ts";
import { CONNECTED, connectAll, type Place } from "../connect-all.ts";
import { exposureOf } from "./exposure.ts";
import { inIdle, withoutOwnProfile } from "./idle.ts";
import { attempt, firstProcess, isDone, type StackScene, stateOf } from "./scene.ts";
import { together } from "./together.ts";

type Tried = ReportReach["tried"];

/** A service that listens on more is still reached or not. */
const MOST_PLACES = 16;
/** So many at a time: fewer than the descriptors that any process may have. */
const AT_ONCE = 64;

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
      for (let done = 0; done < places.length; done += AT_ONCE)
        tried.push(...(await connectAll(trampoline.call, places.slice(done, done + AT_ONCE))));
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

function isText(value: readonly unknown[] | Text): value is Text {
  return "en" in value;
}
