/** Where a service might be reached on this machine, and which listener there is its own. */
import type { StackService } from "../../engine/stack-service.ts";
import { covers, isLoopback, type ListeningSocket } from "../../net/listeners.ts";
import type { StackRuntime } from "../../stack/stack-runtime.ts";
import type { StackState } from "../../stack/state.ts";
import type { StackScene } from "./scene.ts";

/** An address to try. Only loopback ones: attacks do not leave the machine. */
export interface Place {
  readonly address: string;
  readonly port: number;
  readonly isDeclared: boolean;
}

export interface Exposure {
  readonly places: readonly Place[];
  /** The service's own listeners on addresses that other machines may reach. Seen, not connected to. */
  readonly open: readonly ListeningSocket[];
  isOurs(address: string, port: number): boolean;
}

/** Also this machine; but a port bound to 127.0.0.1 alone does not answer here, and one bound to every address does. */
export const SECOND_LOOPBACK = "127.0.0.2";

export async function exposureOf(scene: StackScene, service: StackService): Promise<Exposure> {
  const sockets = await scene.runtime.hostListeners(scene.state.project);
  const places = placesOf(service, scene.services, scene.insidePorts.get(service.container.name) ?? []);
  const ports = new Set(
    [...places, ...service.ports.map(({ published }) => ({ port: published }))].map(({ port }) => port),
  );
  return {
    places,
    open: sockets.filter(({ address, port }) => ports.has(port) && !isLoopback(address)),
    isOurs: (address, port) =>
      sockets.some((socket) => socket.port === port && covers(socket.address, address)),
  };
}

/** @param inside the ports in the container, which nobody should find on the host unless they are declared */
export function placesOf(
  service: StackService,
  services: readonly StackService[],
  inside: readonly number[],
): readonly Place[] {
  const all = services.flatMap(({ ports }) => ports);
  const isDeclaredAt = (address: string, port: number): boolean =>
    all.some((one) => one.address === address && one.published === port);
  const declared = service.ports.flatMap(({ address, published }) => {
    const tried = address === "0.0.0.0" ? "127.0.0.1" : address === "::" ? "::1" : address;
    return isLoopback(tried) ? [{ address: tried, port: published, isDeclared: true }] : [];
  });
  const next = service.ports
    .filter(({ published }) => !isDeclaredAt(SECOND_LOOPBACK, published))
    .map(({ published }) => ({ address: SECOND_LOOPBACK, port: published, isDeclared: false }));
  const undeclared = inside
    .filter((port) => !all.some(({ published }) => published === port))
    .map((port) => ({ address: "127.0.0.1", port, isDeclared: false }));
  return [...declared, ...next, ...undeclared];
}

/** What a service listens on in its own network, and what its image and its `ports` say it does. */
export async function insidePorts(
  runtime: Pick<StackRuntime, "insideListeners">,
  { container, ports }: StackService,
  state: StackState,
): Promise<readonly number[]> {
  const listening = (await runtime.insideListeners(state.project, container.name)) ?? [];
  const exposed = container.image.config.exposedPorts.filter((port) => !port.endsWith("/udp"));
  return [
    ...new Set([
      ...ports.map(({ target }) => target),
      ...exposed.map((port) => Number.parseInt(port, 10)),
      ...listening.map(({ port }) => port),
    ]),
  ];
}
