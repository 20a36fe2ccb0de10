/** A container as it can run beside the original: on the same addresses, and with nothing of the other's to take or to change. */
import type { ContainerDetails } from "../../engine/docker/api-types.ts";
import type { ComposeText } from "./to-compose.ts";

type Bindings = Readonly<Record<string, readonly { readonly HostIp: string }[] | null>>;

/**
 * Its ports are others, for the original has those; folders of the host are there to be read.
 * @param freePort of the host
 */
export async function besideContainer(
  container: ContainerDetails,
  freePort: () => Promise<number>,
): Promise<ContainerDetails> {
  const { HostConfig, Mounts } = container;
  const PortBindings: Record<string, readonly object[]> = {};
  for (const [port, all] of Object.entries((HostConfig["PortBindings"] ?? {}) as Bindings)) {
    const own = (all ?? []).map(async ({ HostIp }) => ({ HostIp, HostPort: String(await freePort()) }));
    PortBindings[port] = await Promise.all(own);
  }
  return {
    ...container,
    HostConfig: { ...HostConfig, PortBindings },
    Mounts: (Mounts ?? []).map((mount) => (mount.Type === "bind" ? { ...mount, RW: false } : mount)),
  };
}

/**
 * With networks and volumes of its own: by its names, what the original is asked would come here.
 * @param internal networks without a way out
 */
export function besideCompose(compose: ComposeText, internal: ReadonlySet<string>): ComposeText {
  const { services, networks = {}, volumes = {} } = compose;
  const own = Object.keys(networks).map(
    (name) => [name, internal.has(name) ? { internal: true } : {}] as const,
  );
  const empty = Object.keys(volumes).map((name) => [name, {}] as const);
  return {
    services,
    ...(own.length > 0 ? { networks: Object.fromEntries(own) } : {}),
    ...(empty.length > 0 ? { volumes: Object.fromEntries(empty) } : {}),
  };
}
