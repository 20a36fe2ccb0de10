/** `adopt`: a Compose file for containers that run already, so that they can be checked, proven and hardened. */
import { Document } from "yaml";
import type { ImageDetails } from "../engine/docker/api-types.ts";
import { connectDocker } from "../engine/docker/connect.ts";
import { type Adopted, adopt as composeOf } from "../stack/docker/to-compose.ts";
import type { VerbIo } from "./verb.ts";

export interface AdoptedText {
  readonly services: readonly string[];
  /** A Compose file. */
  readonly text: string;
  /** What it names beside it, by name. */
  readonly files: Adopted["files"];
}

/**
 * @param names or ids of containers of the Docker Engine or Podman that the environment names
 * @throws Fault `docker/not-found`, and those of connecting
 */
export async function adopt(names: readonly string[], io: VerbIo): Promise<AdoptedText> {
  using client = await connectDocker({ env: { ...io.env }, signal: io.signal });
  const containers = [];
  for (const name of names) containers.push(await client.containers.inspect(name, io.signal));
  const images = new Map<string, ImageDetails>();
  for (const { Image } of containers) images.set(Image, await client.images.inspect(Image, io.signal));
  const { compose, files } = composeOf(containers, images, await client.info());
  const document = new Document(compose);
  document.commentBefore = ` What the engine says of ${names.join(", ")}. Left out: names of containers, which the running ones have, labels, logging, and fixed addresses.`;
  return { services: Object.keys(compose.services), text: document.toString({ lineWidth: 0 }), files };
}
