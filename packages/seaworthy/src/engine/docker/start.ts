/** Starts one container: created, filled, attached to, then started, so that nothing of its output is lost. */
import { randomBytes } from "node:crypto";
import { lstat, readFile } from "node:fs/promises";
import { posix } from "node:path";
import { isMissing } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import type { Container } from "../container.ts";
import type { EngineFacts, Running, StartOptions } from "../engine.ts";
import { ownerArchive, secretArchive } from "./archives.ts";
import type { DockerClient } from "./client.ts";
import type { CreateRequest } from "./create-request.ts";
import { isFault } from "./engine-fault.ts";
import { singleLabels } from "./labels.ts";
import { removeContainer } from "./leftovers.ts";
import type { Planter } from "./plant.ts";
import { runningContainer } from "./running.ts";
import { seccompFile } from "./seccomp-file.ts";
import { type CreateContext, engineImage, toCreateRequest } from "./to-create-request.ts";

export interface StartContext {
  readonly client: DockerClient;
  readonly project: string;
  readonly planter: Planter;
  readonly facts: EngineFacts;
}

export async function startContainer(
  context: StartContext,
  container: Container,
  options: StartOptions,
): Promise<Running> {
  const { client, facts, planter } = context;
  const { signal, plant = [] } = options;
  signal?.throwIfAborted();
  if (facts.local) await requireSources(container);
  const base = engineImage(container.image);
  const image = plant.length === 0 ? base : await planter.imageWith(base, plant);
  signal?.throwIfAborted();
  const profile = await seccompFile(client, facts, container);
  const request = singleRequest(context, container, options, image, profile);
  const name = `seaworthy-${container.name}-${randomBytes(6).toString("hex")}`;
  // Not given the signal: an aborted call may still have made the container.
  const { id } = await client.containers.create(request, { name, ...platformOf(container) });
  let attached: Awaited<ReturnType<DockerClient["containers"]["attach"]>> | undefined;
  try {
    signal?.throwIfAborted();
    attached = await client.containers.attach(id, { stdin: true, tty: request.Tty ?? false });
    // After that: attaching is when Podman copies the image's content, and its owner, into an empty volume.
    await fillContainer(client, id, container, facts.local ? "bind" : "copy");
    await client.containers.start(id, signal);
    const { State } = await client.containers.inspect(id, signal);
    return runningContainer({ client, id, pid: State.Pid, attached, local: facts.local, signal });
  } catch (error) {
    attached?.[Symbol.dispose]();
    await removeContainer(client, id);
    signal?.throwIfAborted();
    throw startFault(container, error);
  }
}

function singleRequest(
  { facts, project, client }: StartContext,
  container: Container,
  options: StartOptions,
  image: string,
  profile: string | undefined,
): CreateRequest {
  const context: CreateContext = {
    seccompFile: profile,
    flavor: client.flavor,
    network: networkMode(options.network),
    capabilities: facts.capabilities,
    secrets: facts.local ? "bind" : "copy",
    labels: singleLabels(project),
    image,
    ...(options.hosts === undefined ? {} : { hosts: options.hosts }),
  };
  const request = toCreateRequest(container, context);
  return {
    ...request,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    // Its output is read by us as it is written; a log of it would only cost time.
    HostConfig: { LogConfig: { Type: "none", Config: {} }, ...request.HostConfig },
  };
}

function networkMode(network: StartOptions["network"]): string {
  if (network.kind === "private") return "none";
  return network.kind === "host" ? "host" : network.network;
}

function platformOf({ extras }: Container): { readonly platform?: string } {
  return extras?.platform === undefined ? {} : { platform: extras.platform };
}

/** What must be in a created container before it starts: owners of empty folders, and secrets where they cannot be mounted. */
export async function fillContainer(
  client: Pick<DockerClient, "containers">,
  id: string,
  container: Pick<Container, "mounts">,
  secrets: CreateContext["secrets"],
): Promise<void> {
  for (const mount of container.mounts) {
    if (mount.kind === "scratch" && mount.owner !== undefined) {
      await client.containers.putArchive(id, mount.target, ownerArchive(mount.owner));
    }
    if (mount.kind === "secret" && secrets === "copy") {
      const target = posix.resolve("/", mount.target);
      const archive = secretArchive(posix.basename(target), await readFile(mount.source));
      await client.containers.putArchive(id, posix.dirname(target), archive);
    }
  }
}

/**
 * Podman would make a directory of what is missing, and Docker names the image rather than the container.
 * @throws Fault `docker/no-such-path`
 */
async function requireSources({ name, mounts }: Pick<Container, "name" | "mounts">): Promise<void> {
  for (const mount of mounts) {
    if (mount.kind !== "secret" && (mount.kind !== "bind" || mount.createSource === true)) continue;
    try {
      await lstat(mount.source);
    } catch (error) {
      if (!isMissing(error)) continue;
      throw new Fault({
        code: "docker/no-such-path",
        message: `expected ${mount.source} to be there, which container "${name}" mounts at ${mount.target}, found nothing`,
        exit: 2,
      });
    }
  }
}

/** Podman finds out about a missing program when it is attached to, Docker when it starts it. */
function startFault(container: Container, error: unknown): unknown {
  if (!isFault(error, "docker/failed", "docker/refused", "docker/not-found", "docker/conflict")) return error;
  return new Fault({
    code: "docker/start",
    message: error.message.replace(
      /^expected (container \w+ to start|to attach to container \w+)/,
      `expected container "${container.name}" to start (${container.argv.join(" ")})`,
    ),
    hint: error.hint,
    exit: 2,
    cause: error,
  });
}
