/** Binds the ports a stack publishes, all or none, before anything of it is started. */
import type { StackService } from "../../engine/stack-service.ts";
import { errnoOf } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import { type Listener, listenOn } from "../../net/forward.ts";

export interface PublishedListener {
  readonly server: Listener;
  readonly service: string;
  /** In the container. */
  readonly target: number;
}

/** @throws Fault `stack/port-taken`, `stack/port-address` */
export async function publishPorts(services: readonly StackService[]): Promise<readonly PublishedListener[]> {
  const listeners: PublishedListener[] = [];
  try {
    for (const { container, ports } of services) {
      // On the host's network a service is reached without our help, and on none it is not to be reached.
      if (container.network !== "private") continue;
      for (const { address, published, target } of ports) {
        try {
          listeners.push({ server: await listenOn(address, published), service: container.name, target });
        } catch (error) {
          throw portFault(error, container.name, address, published);
        }
      }
    }
    return listeners;
  } catch (error) {
    for (const { server } of listeners) server.close();
    throw error;
  }
}

function portFault(error: unknown, service: string, address: string, port: number): unknown {
  const where = `port ${port} of ${address} for service "${service}"`;
  const errno = errnoOf(error);
  if (errno === "EADDRINUSE") {
    return new Fault({
      code: "stack/port-taken",
      message: `expected ${where} to be free, found it in use`,
      hint: `Find who listens there (ss -ltnp 'sport = :${port}') and end it, or publish another port.`,
      cause: error,
    });
  }
  if (errno === "EADDRNOTAVAIL") {
    return new Fault({
      code: "stack/port-address",
      message: `expected ${where} on an address of this machine, found none such`,
      hint: "Publish on 127.0.0.1, or on an address that `ip address` shows.",
      cause: error,
    });
  }
  return error;
}
