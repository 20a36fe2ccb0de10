/** A copy of the stack to try things out on: own names, empty volumes, ports on loopback, nothing of the user's to write to. */
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { BindMount, Container, Mount, PublishedPort } from "../engine/container.ts";
import type { StackService } from "../engine/stack-service.ts";
import { isMissing } from "../fault/errno.ts";
import type { StackNetwork, StackSpec, StackVolume } from "../stack/stack-spec.ts";
import { holdsCode } from "./needs.ts";

export interface CopyOptions {
  /** Absolute, empty, on the host: for an engine that keeps volumes where it is told. */
  readonly folder: string;
  /** Of `127.0.0.2`. */
  freePort(): Promise<number>;
}

/** Not the address that people use, and only for this machine. */
const ADDRESS = "127.0.0.2";
/** A copy that does not come up is given up soon. */
const ATTEMPTS = 2;
const LONGEST_GRACE = 5_000;

/** Names in Compose files have no capital letter: nobody else's is called this. */
export function trialName(project: string): string {
  return `${project}-Trial`;
}

export async function copyStack(
  spec: StackSpec,
  services: readonly StackService[],
  options: CopyOptions,
): Promise<StackSpec> {
  const project = trialName(spec.project);
  const copies = await Promise.all(services.map((service) => copyOf(service, project, options)));
  const names = copies.flatMap(({ container }) =>
    container.mounts.flatMap((mount) => (mount.kind === "volume" ? [mount.name] : [])),
  );
  const networks = copies.flatMap((service) => service.networks.map(({ network }) => network));
  return {
    project,
    files: spec.files,
    services: copies,
    networks: new Map(networks.map((key) => [key, ownNetwork(project, key, spec.networks.get(key))])),
    volumes: new Map(names.map((name): [string, StackVolume] => [name, { name, external: false }])),
  };
}

async function copyOf(service: StackService, project: string, options: CopyOptions): Promise<StackService> {
  const { container, healthCheck, containerName, ...rest } = service;
  const mounts = await Promise.all(
    container.mounts.map((mount) => mountOf(mount, container, project, options)),
  );
  // On the host's network it would meet the running stack, and fight for its ports.
  const onHost = container.network === "host";
  const attachments = onHost ? [{ network: "default", aliases: [] }] : service.networks;
  return {
    ...rest,
    container: {
      ...container,
      network: onHost ? "private" : container.network,
      mounts: mounts.flat(),
      stopGrace: Math.min(container.stopGrace, LONGEST_GRACE),
    },
    ports: await Promise.all(service.ports.map((port) => ownPort(port, options))),
    healthCheck:
      healthCheck === undefined ? undefined : { ...healthCheck, interval: 500, startInterval: 300 },
    restart: { policy: "on-failure", attempts: ATTEMPTS },
    // A container's name is for one alone; as a name in the network, others may count on it.
    networks: attachments.map((one) => ({
      network: one.network,
      aliases: containerName === undefined ? one.aliases : [...one.aliases, containerName],
    })),
  };
}

async function ownPort(port: PublishedPort, { freePort }: CopyOptions): Promise<PublishedPort> {
  return { ...port, address: ADDRESS, published: await freePort() };
}

async function mountOf(
  mount: Mount,
  container: Container,
  project: string,
  { folder }: CopyOptions,
): Promise<readonly Mount[]> {
  const own = (name: string): { readonly name: string; readonly source: string } => ({
    name: `${project}_${name}`,
    source: join(folder, name),
  });
  if (mount.kind === "volume") return [{ ...mount, ...own(mount.name) }];
  if (mount.kind !== "bind") return [mount];
  const about = await statOf(mount);
  if (about === undefined) return [{ kind: "scratch", target: mount.target }];
  const isCode = holdsCode(mount.target, container);
  if (about.isFile() || (about.isDirectory() && (mount.readOnly || isCode)))
    return [{ ...mount, readOnly: true }];
  // A socket or device leads out of the copy, read-only or not.
  if (!about.isDirectory()) return [];
  const owner = { uid: about.uid, gid: about.gid, mode: about.mode & 0o7777 };
  const name = `bind${mount.source.replaceAll(/[^a-zA-Z0-9_.-]/g, "-")}`;
  return [{ kind: "volume", target: mount.target, readOnly: false, owner, ...own(name) }];
}

async function statOf({ source }: BindMount): Promise<Stats | undefined> {
  try {
    return await stat(source);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Also for one that others made: the copy has nothing to say to them. */
function ownNetwork(project: string, key: string, declared: StackNetwork | undefined): StackNetwork {
  const { internal = false, driverOptions } = declared ?? {};
  const options = driverOptions === undefined ? {} : { driverOptions };
  return { name: `${project}_${key}`, internal, external: false, ...options };
}
