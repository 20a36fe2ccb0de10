/** Data stores by the ports that are theirs: only the stack's own services have business with them. */
import { parseExposed } from "../engine/exposed-ports.ts";
import type { StackService } from "../engine/stack-service.ts";

/** As registered or documented: PostgreSQL, MySQL and MariaDB, Redis and Valkey, MongoDB, memcached, AMQP, etcd, Cassandra. */
const STORE_PORTS: ReadonlySet<number> = new Set([5432, 3306, 6379, 27_017, 11_211, 5672, 2379, 9042]);

/** Whether every port that it publishes is one of a data store. */
function publishesStore({ ports }: StackService): boolean {
  return ports.length > 0 && ports.every(({ target }) => STORE_PORTS.has(target));
}

/**
 * The services without the ports of data stores. As they are where a service lives in the machine's own network: it has no
 * other way to reach them.
 */
export function withoutStorePorts(services: readonly StackService[]): readonly StackService[] {
  if (services.some(({ container }) => container.network === "host")) return services;
  return services.map((service) => (publishesStore(service) ? exposing(service) : service));
}

/** Where it listens stays written down. An image that is assembled for it says so only as long as the file does. */
function exposing(service: StackService): StackService {
  const { expose = [], ports } = service;
  const known = expose.flatMap((text) => parseExposed(text) ?? []);
  const more = ports
    .filter(({ target, protocol = "tcp" }) =>
      known.every((one) => one.protocol !== protocol || target < one.from || target > one.to),
    )
    .map(({ target, protocol = "tcp" }) => (protocol === "tcp" ? String(target) : `${target}/${protocol}`));
  return { ...service, ports: [], ...(more.length === 0 ? {} : { expose: [...expose, ...new Set(more)] }) };
}
