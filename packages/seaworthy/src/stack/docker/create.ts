/** Makes the container of a service: its request, its networks, and what must lie in it before it starts. */
import type { Restart } from "../../engine/container.ts";
import type { ContainerDetails, EndpointSettings } from "../../engine/docker/api-types.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import type { CreateRequest, EngineMount } from "../../engine/docker/create-request.ts";
import { isFault } from "../../engine/docker/engine-fault.ts";
import { removeContainer } from "../../engine/docker/leftovers.ts";
import { seccompFile } from "../../engine/docker/seccomp-file.ts";
import { fillContainer } from "../../engine/docker/start.ts";
import { engineImage, toCreateRequest } from "../../engine/docker/to-create-request.ts";
import type { EngineFacts } from "../../engine/engine.ts";
import type { NetworkAttachment, StackService } from "../../engine/stack-service.ts";
import { Fault } from "../../fault/fault.ts";
import type { StackSpec } from "../stack-spec.ts";
import type { Journal } from "./journal.ts";
import { containerLabels, PROJECT } from "./labels.ts";
import { containerName, networkAliases } from "./names.ts";
import { networkOf } from "./networks.ts";
import { sharedService } from "./order.ts";
import { asPodmanReads } from "./podman-health.ts";
import { toPortBindings } from "./ports.ts";
import { ownVolumes, volumesOf } from "./volumes.ts";

export interface CreatePlace {
  readonly client: DockerClient;
  readonly facts: EngineFacts;
  readonly spec: StackSpec;
  readonly leash: string | undefined;
  readonly journal: Journal;
  /** Of the services that have a container already. */
  readonly ids: ReadonlyMap<string, string>;
  /** Volumes that were made for this start. */
  readonly fresh: ReadonlySet<string>;
}

/** @returns the container's id. @throws Fault `stack/already-running`, `stack/name-taken`, and those of the engine */
export async function createService(place: CreatePlace, service: StackService): Promise<string> {
  const { client, facts, spec, journal, fresh } = place;
  const { container } = service;
  const name = containerName(spec, service);
  const profile = await seccompFile(client, facts, container);
  const request = toServiceRequest(place, service, await imageName(client, service), profile);
  const platform = container.extras?.platform;
  const { id } = await client.containers
    .create(request, { name, ...(platform === undefined ? {} : { platform }) })
    .catch(async (error: unknown) => {
      throw await nameFault(client, spec, name, error);
    });
  journal.made(() => removeContainer(client, id));
  // Older engines take one network only when a container is made.
  for (const attachment of service.networks.slice(1)) {
    await client.networks.connect(
      networkOf(spec, attachment.network).name,
      id,
      toEndpoint(service, attachment),
    );
  }
  await fillContainer(client, id, container, facts.local ? "bind" : "copy");
  await ownVolumes(
    client,
    id,
    volumesOf(container).filter((volume) => fresh.has(volume.name)),
  );
  return id;
}

/** Pure. @param image by which the engine finds it @param profile a file with our seccomp profile, for Podman */
export function toServiceRequest(
  {
    client,
    facts,
    spec,
    leash,
    ids,
  }: Pick<CreatePlace, "facts" | "spec" | "leash" | "ids"> & {
    readonly client: Pick<DockerClient, "flavor">;
  },
  service: StackService,
  image: string,
  profile?: string,
): CreateRequest {
  const { container, healthCheck, networks, ports, expose } = service;
  const { extras = {} } = container;
  const network = networkMode(spec, service, ids);
  const [first] = networks;
  const isJoined = first !== undefined && !network.startsWith("container:");
  const request = toCreateRequest(container, {
    flavor: client.flavor,
    seccompFile: profile,
    network,
    capabilities: facts.capabilities,
    secrets: facts.local ? "bind" : "copy",
    labels: new Map(Object.entries(containerLabels(spec, service, leash))),
    healthCheck,
    image,
    ...(extras.sharePid === undefined ? {} : { pidMode: containerOf(extras.sharePid, ids) }),
    ...(extras.shareIpc === undefined ? {} : { ipcMode: containerOf(extras.shareIpc, ids) }),
  });
  const { ExposedPorts, PortBindings } = toPortBindings(isJoined ? ports : [], expose);
  const complete: CreateRequest = {
    ...request,
    ExposedPorts,
    HostConfig: {
      ...request.HostConfig,
      PortBindings,
      RestartPolicy: toRestartPolicy(service.restart),
      Mounts: (request.HostConfig.Mounts ?? []).map((mount) => withoutContent(mount, service)),
    },
    ...(isJoined ? { NetworkingConfig: { EndpointsConfig: { [network]: toEndpoint(service, first) } } } : {}),
  };
  return client.flavor === "podman" ? asPodmanReads(complete) : complete;
}

function networkMode(
  spec: StackSpec,
  { container, networks }: StackService,
  ids: CreatePlace["ids"],
): string {
  const shared = container.extras?.shareNetwork;
  if (shared !== undefined) return containerOf(shared, ids);
  const [first] = networks;
  if (container.network !== "private") return container.network;
  return first === undefined ? "none" : networkOf(spec, first.network).name;
}

/** `service:db` becomes the container that was made for it. */
function containerOf(shared: string, ids: CreatePlace["ids"]): string {
  const service = sharedService(shared);
  return service === undefined ? shared : `container:${ids.get(service) ?? service}`;
}

function toEndpoint(service: StackService, attachment: NetworkAttachment): EndpointSettings {
  const { aliases, ipv4Address, ipv6Address } = attachment;
  const addresses = {
    ...(ipv4Address === undefined ? {} : { IPv4Address: ipv4Address }),
    ...(ipv6Address === undefined ? {} : { IPv6Address: ipv6Address }),
  };
  return {
    Aliases: networkAliases(service, aliases),
    ...(Object.keys(addresses).length === 0 ? {} : { IPAMConfig: addresses }),
  };
}

function toRestartPolicy(restart: Restart): { readonly Name: string; readonly MaximumRetryCount?: number } {
  return restart.policy === "on-failure"
    ? { Name: restart.policy, MaximumRetryCount: restart.attempts ?? 0 }
    : { Name: restart.policy };
}

/** A volume with an owner of its own starts empty; the image's content would bring its owner along. */
function withoutContent(mount: EngineMount, { container }: StackService): EngineMount {
  const isOwned = volumesOf(container).some(
    ({ owner, target }) => owner !== undefined && target === mount.Target,
  );
  return isOwned ? { ...mount, VolumeOptions: { ...mount.VolumeOptions, NoCopy: true } } : mount;
}

/** Its name, which people want to read in lists; its id when the name means another image by now. */
async function imageName(client: DockerClient, { container: { image } }: StackService): Promise<string> {
  const exact = engineImage(image);
  if (exact === image.reference) return exact;
  try {
    const { Id } = await client.images.inspect(image.reference);
    return bare(Id) === bare(exact) ? image.reference : exact;
  } catch (error) {
    if (isFault(error, "docker/not-found")) return exact;
    throw error;
  }
}

function bare(id: string): string {
  return id.replace(/^sha256:/, "");
}

/** Whose container has the name tells what to do about it. */
async function nameFault(
  client: DockerClient,
  { project }: StackSpec,
  name: string,
  error: unknown,
): Promise<unknown> {
  const isTaken =
    isFault(error, "docker/conflict") ||
    (error instanceof Fault && /name .* is already in use/i.test(error.message));
  if (!isTaken) return error;
  const owner = await client.containers.inspect(name).catch((): ContainerDetails | undefined => undefined);
  if (owner?.Config.Labels?.[PROJECT] === project) return alreadyRunning(project);
  return new Fault({
    code: "stack/name-taken",
    message: `expected the container name "${name}" to be free, found another container with it`,
    hint: `Remove it (docker rm ${name}), or change container_name.`,
    cause: error,
  });
}

export function alreadyRunning(project: string): Fault {
  return new Fault({
    code: "stack/already-running",
    message: `expected project "${project}" to be down, found it running`,
    hint: "See it with `seaworthy ps`, or end it with `seaworthy down`.",
  });
}
