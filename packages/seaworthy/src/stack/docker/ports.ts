/** Published ports: as the engine is asked for them, and whether they are free on this machine. */
import { readFile } from "node:fs/promises";
import type { PublishedPort } from "../../engine/container.ts";
import type { CreateRequest, HostConfig } from "../../engine/docker/create-request.ts";
import { parseExposed } from "../../engine/exposed-ports.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { Fault } from "../../fault/fault.ts";
import { covers, type ListeningSocket, listeners } from "../../net/listeners.ts";

/** Exactly the addresses declared, and no other. @param expose ports that are named, as in Compose, and not published */
export function toPortBindings(
  ports: readonly PublishedPort[],
  expose: readonly string[] = [],
): Required<Pick<CreateRequest, "ExposedPorts">> & Required<Pick<HostConfig, "PortBindings">> {
  const bindings: Record<string, { readonly HostIp: string; readonly HostPort: string }[]> = {};
  for (const { address, published, target, protocol = "tcp" } of ports) {
    const binding = { HostIp: address, HostPort: published === 0 ? "" : String(published) };
    (bindings[`${target}/${protocol}`] ??= []).push(binding);
  }
  return {
    ExposedPorts: Object.fromEntries(
      [...Object.keys(bindings), ...expose.flatMap(each)].map((port) => [port, {}]),
    ),
    PortBindings: bindings,
  };
}

/** `8000-8001` as the engine is told of it: `8000/tcp`, `8001/tcp`. */
function each(exposed: string): readonly string[] {
  const { from, to, protocol } = parseExposed(exposed) ?? { from: 0, to: -1, protocol: "" };
  return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${protocol}`);
}

/**
 * The engine finds out by itself, but only when half of the stack is up.
 * @throws Fault `stack/port-taken`
 */
export function requireFreePorts(services: readonly StackService[], taken: readonly ListeningSocket[]): void {
  const seen = [...taken];
  for (const { container, ports } of services) {
    if (container.network === "host") continue;
    for (const { address, published, protocol = "tcp" } of ports) {
      if (published === 0 || protocol !== "tcp") continue;
      const mine = { address, port: published };
      if (seen.some((other) => collide(other, mine))) throw portFault(container.name, mine);
      seen.push(mine);
    }
  }
}

function collide(one: ListeningSocket, other: ListeningSocket): boolean {
  return (
    one.port === other.port && (covers(one.address, other.address) || covers(other.address, one.address))
  );
}

/** All TCP sockets that listen in this machine's own network, whoever has them. */
export async function machineListeners(): Promise<readonly ListeningSocket[]> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/self/net/${name}`, "utf8").catch(() => "")),
  );
  return tables.flatMap((table) => listeners(table)).map(({ address, port }) => ({ address, port }));
}

function portFault(service: string, { address, port }: ListeningSocket): Fault {
  return new Fault({
    code: "stack/port-taken",
    message: `expected port ${port} of ${address} for service "${service}" to be free, found it in use`,
    hint: `Find who listens there (ss -ltnp 'sport = :${port}') and end it, or publish another port.`,
  });
}
