/** `adopt`: a Compose file for containers that run already, so that they can be checked, proven and hardened. */
import { Document } from "yaml";
import type { ContainerDetails, ImageDetails } from "../engine/docker/api-types.ts";
import type { DockerClient } from "../engine/docker/client.ts";
import { connectDocker } from "../engine/docker/connect.ts";
import { isFault } from "../engine/docker/engine-fault.ts";
import { freeLoopbackPort } from "../net/free-port.ts";
import { besideCompose, besideContainer } from "../stack/docker/beside.ts";
import { type Adopted, adopt as composeOf } from "../stack/docker/to-compose.ts";
import type { VerbIo } from "./verb.ts";

export interface AdoptedText {
  readonly services: readonly string[];
  /** A Compose file. */
  readonly text: string;
  /** What it names beside it, by name. */
  readonly files: Adopted["files"];
}

const LEFT_OUT =
  "Left out: names of containers, which the running ones have, labels, logging, and fixed addresses.";

/**
 * @param names or ids of containers of the Docker Engine or Podman that the environment names
 * @throws Fault `docker/not-found`, and those of connecting
 */
export async function adopt(names: readonly string[], io: VerbIo): Promise<AdoptedText> {
  using client = await connectDocker({ env: { ...io.env }, signal: io.signal });
  const containers = [];
  for (const name of names) containers.push(await client.containers.inspect(name, io.signal));
  const { compose, files } = await adopted(client, containers, io);
  const document = new Document(compose);
  document.commentBefore = ` What the engine says of ${names.join(", ")}. ${LEFT_OUT}`;
  return { services: Object.keys(compose.services), text: document.toString({ lineWidth: 0 }), files };
}

/** All of it, what it has from its image too: to be read, not to be run. */
export async function adoptedWhole(
  client: DockerClient,
  { Config, ...container }: ContainerDetails,
): Promise<Adopted> {
  const User = Config.User === "" ? "0:0" : Config.User;
  return composeOf([{ ...container, Config: { ...Config, User } }], new Map(), await client.info());
}

/** As it can run while the original does, from the very image that the original was made of. */
export async function adoptedBeside(
  client: DockerClient,
  container: ContainerDetails,
  io: Pick<VerbIo, "signal">,
): Promise<Adopted> {
  const { Config, Image, NetworkSettings } = container;
  // The name may have gone to another image since.
  const named = await client.images.inspect(Config.Image, io.signal).catch((error: unknown) => {
    if (isFault(error, "docker/not-found")) return undefined;
    throw error;
  });
  const exact = idOf(named?.Id) === idOf(Image) ? container : { ...container, Config: { ...Config, Image } };
  const { compose, files } = await adopted(client, [await besideContainer(exact, freeLoopbackPort)], io);
  const internal = new Set<string>();
  for (const name of Object.keys(NetworkSettings.Networks ?? {}))
    if (compose.networks?.[name] !== undefined && (await client.networks.inspect(name, io.signal)).Internal)
      internal.add(name);
  return { compose: besideCompose(compose, internal), files };
}

/** Docker begins it with `sha256:`, Podman does not always. */
function idOf(text: string | undefined): string | undefined {
  return text?.replace(/^sha256:/, "");
}

async function adopted(
  client: DockerClient,
  containers: readonly ContainerDetails[],
  io: Pick<VerbIo, "signal">,
): Promise<Adopted> {
  const images = new Map<string, ImageDetails>();
  for (const { Image } of containers) images.set(Image, await client.images.inspect(Image, io.signal));
  return composeOf(containers, images, await client.info());
}
