/** Images that a Docker Engine has: loaded into it, pulled or built by it, and read back for the rules to look at. */
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Digest, digestOf } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import type { ContainerImage } from "../engine/container.ts";
import type { ImageDetails } from "../engine/docker/api-types.ts";
import { buildWithDocker } from "../engine/docker/build.ts";
import type { DockerClient } from "../engine/docker/client.ts";
import { readImageFiles } from "../engine/docker/image-files.ts";
import { Fault, type Place } from "../fault/fault.ts";
import { dockerArchive } from "../oci/docker-archive.ts";
import { readDockerArchive } from "../oci/docker-archive-read.ts";
import type { Image } from "../oci/image.ts";
import { parseContainerConfig } from "../oci/parse-config.ts";
import type { ComposeService } from "../recipe/compose-service.ts";
import { listingOfTar } from "../rootfs/listing-of-tar.ts";
import { type ImageAccounts, parseAccounts } from "../stack/image-accounts.ts";

export interface EngineImage extends ImageAccounts {
  readonly image: ContainerImage;
}

export interface Fetching {
  /** The line that names the image. */
  readonly place: Place;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What is there already is not sent again. */
export async function loadIntoEngine(
  client: DockerClient,
  store: ContentStore,
  image: Image,
  signal: AbortSignal,
): Promise<ContainerImage> {
  const known = await detailsOf(client, image.configDescriptor.digest, signal);
  const isTagged = known?.RepoTags?.some(
    (tag) => tag === image.reference || tag.endsWith(`/${image.reference}`),
  );
  if (known !== undefined && isTagged === true) return withId(image, known);
  const [loaded = image.reference] = await client.images.load(dockerArchive(store, image), signal);
  return withId(image, await client.images.inspect(loaded, signal));
}

/** The image that the engine has, or gets: `pull_policy` says whether it asks anew. */
export async function pullByEngine(
  client: DockerClient,
  service: ComposeService,
  { place, onProgress, signal }: Fetching,
): Promise<EngineImage> {
  const { image: reference, extras } = service;
  const { pullPolicy } = extras;
  if (reference === undefined) {
    throw new Fault({
      code: "recipe/no-image",
      message: `expected service ${service.name} to have an image or a build, found neither`,
      place,
    });
  }
  const known = await detailsOf(client, reference, signal);
  const isWanted = known === undefined || pullPolicy === "always";
  if (!isWanted || pullPolicy === "never" || pullPolicy === "build") {
    if (known !== undefined) return await engineImage(client, reference, known, signal);
    throw new Fault({
      code: "recipe/image-missing",
      message: `expected the engine to have ${reference}, which pull_policy says not to pull, found none`,
      place,
      exit: 2,
    });
  }
  await client.images.pull(reference, {
    signal,
    onProgress: ({ layer, status }) => onProgress(`${reference}: ${layer ?? ""} ${status}`),
  });
  return await engineImage(client, reference, await client.images.inspect(reference, signal), signal);
}

/** Built by the engine's own builder from the service's Dockerfile. */
export async function buildByEngine(
  client: DockerClient,
  project: string,
  service: ComposeService,
  { onProgress, signal }: Fetching,
): Promise<EngineImage> {
  const { build } = service;
  if (build === undefined) throw new TypeError(`expected ${service.name} to have a build, found none`);
  const reference = service.image ?? `${project}-${service.name}:latest`;
  await buildWithDocker(client, { ...build, tag: reference, signal }, onProgress);
  return await engineImage(client, reference, await client.images.inspect(reference, signal), signal);
}

/** Reads the whole image into our store, once for each id. */
export async function storedImage(
  client: DockerClient,
  { store }: { readonly store: ContentStore },
  image: Pick<ContainerImage, "reference" | "manifest">,
  signal: AbortSignal,
): Promise<Image> {
  const id = image.manifest.digest;
  const key = digestOf(JSON.stringify(["engine image", 3, id]));
  const known = await recall(store, key);
  if (known !== undefined) return { ...known, reference: image.reference };
  const folder = await mkdtemp(join(tmpdir(), "seaworthy-image-"));
  try {
    const file = join(folder, "image.tar");
    await pipeline(await client.images.get(id, signal), createWriteStream(file), { signal });
    const stored = await readDockerArchive(store, file, image.reference, (layer, entries) =>
      listingOfTar(store, layer, entries),
    );
    await store.remember(key, JSON.stringify(stored));
    return stored;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Not when anything of it has gone from the store. */
async function recall(store: ContentStore, key: Digest): Promise<Image | undefined> {
  const memo = await store.recall(key);
  if (memo === undefined) return undefined;
  const image = JSON.parse(memo) as Image;
  const needed = image.layers.flatMap(({ digest, listing }) => [digest, listing]);
  const there = await Promise.all(needed.map((digest) => store.stat(digest)));
  return there.includes(undefined) ? undefined : image;
}

async function engineImage(
  client: DockerClient,
  reference: string,
  details: ImageDetails,
  signal: AbortSignal,
): Promise<EngineImage> {
  const config = parseContainerConfig(details.Config, {
    architecture: details.Architecture,
    created: details.Created,
  });
  const files = await readImageFiles(client, details.Id, ["/etc/passwd", "/etc/group"], signal);
  const text = (path: string): string => files.get(path)?.toString("utf8") ?? "";
  return {
    image: withId({ reference, config, layers: [] }, details),
    ...parseAccounts(text("/etc/passwd"), text("/etc/group")),
  };
}

function withId(image: Omit<ContainerImage, "manifest">, { Id }: ImageDetails): ContainerImage {
  const digest = (Id.startsWith("sha256:") ? Id : `sha256:${Id}`) as Digest;
  return { ...image, manifest: { digest } };
}

async function detailsOf(
  client: DockerClient,
  name: string,
  signal: AbortSignal,
): Promise<ImageDetails | undefined> {
  try {
    return await client.images.inspect(name, signal);
  } catch (error) {
    if (error instanceof Fault && error.code === "docker/not-found") return undefined;
    throw error;
  }
}
