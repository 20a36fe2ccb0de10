/** Reads an OCI image layout that somebody else wrote into our store: `skopeo copy`, `buildx -o type=oci`, `umoci`. */
import type { ContentStore } from "../content/store.ts";
import { Fault } from "../fault/fault.ts";
import { imagesOf } from "./choose-image.ts";
import type { Image } from "./image.ts";
import { type KeptLayer, keepImage, keepLayer, MAX_LAYER, type WriteListing } from "./keep-image.ts";
import { LayoutBlobs, type Platform, type Pointer } from "./layout-blobs.ts";

export interface LayoutOptions {
  /** What the image is called from here on, and the layout in messages. */
  readonly reference: string;
  /** Which image, where there are several. */
  readonly wanted: string | undefined;
  /** Which platform, where there are several: `amd64`. */
  readonly architecture: string;
}

/** A manifest of an image, for one platform. */
interface Leaf {
  readonly pointer: Pointer;
  readonly content: Uint8Array;
  readonly config: Pointer;
  readonly layers: readonly Pointer[];
}

const IMAGE_CONFIG = /^application\/vnd\.(?:oci\.image\.config|docker\.container\.image)\.v1\+json$/;

/**
 * @param folder with `oci-layout`, `index.json` and `blobs/`
 * @throws Fault `oci/layout` when a part is missing or is not what its digest says, `oci/which-image`, `oci/platform`
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md}
 */
export async function readOciLayout(
  store: ContentStore,
  folder: string,
  { reference, wanted, architecture }: LayoutOptions,
  writeListing: WriteListing,
): Promise<Image> {
  const blobs = new LayoutBlobs(folder, reference);
  const { manifests } = (await blobs.index()) as { readonly manifests?: unknown };
  const images = byDigest(blobs.pointers(manifests, "manifests in index.json").filter(isImage));
  const leaves = await leavesOf(imagesOf(images, wanted, reference), blobs);
  const { pointer, content, config, layers } = await ofPlatform(leaves, architecture, blobs);
  if (typeof config.mediaType !== "string" || !IMAGE_CONFIG.test(config.mediaType))
    throw blobs.wrong("an image", `something with a configuration of the type ${String(config.mediaType)}`);
  const kept: (KeptLayer & { mediaType: string })[] = [];
  // One after the other: each is whole in memory.
  for (const layer of layers) {
    const mediaType = String(layer.mediaType);
    kept.push({ ...(await keepLayer(store, await blobs.read(layer, MAX_LAYER), writeListing)), mediaType });
  }
  return await keepImage(
    store,
    {
      reference,
      manifest: { mediaType: String(pointer.mediaType), ...(await store.write(content)) },
      config: { name: String(config.digest), content: (await blobs.document(config)).content },
      layers: kept,
    },
    blobs.wrong,
  );
}

/** One that has several names stands in the index as often. */
function byDigest(
  pointers: readonly Pointer[],
): readonly { readonly names: readonly string[]; readonly image: Pointer }[] {
  const same = new Map<unknown, { names: string[]; image: Pointer }>();
  for (const image of pointers) {
    const known = same.get(image.digest) ?? { names: [], image };
    known.names.push(...namesOf(image));
    same.set(image.digest, known);
  }
  return [...same.values()];
}

/** @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md} */
function namesOf({ annotations }: Pointer): readonly string[] {
  return ["org.opencontainers.image.ref.name", "io.containerd.image.name"]
    .map((key) => annotations?.[key])
    .filter((name) => typeof name === "string");
}

/** And not what BuildKit says of an image, beside it. */
function isImage({ annotations }: Pointer): boolean {
  return annotations?.["vnd.docker.reference.type"] !== "attestation-manifest";
}

/** Of these, and of every index among them, each once however often it is named. */
async function leavesOf(roots: readonly Pointer[], blobs: LayoutBlobs): Promise<readonly Leaf[]> {
  const leaves: Leaf[] = [];
  const seen = new Set<unknown>();
  const waiting = [...roots];
  for (let pointer = waiting.shift(); pointer !== undefined; pointer = waiting.shift()) {
    if (seen.has(pointer.digest)) continue;
    seen.add(pointer.digest);
    const { content, document } = await blobs.document(pointer);
    const name = String(pointer.digest);
    const { manifests, config, layers } = document as Record<string, unknown>;
    if (manifests !== undefined) {
      waiting.push(...blobs.pointers(manifests, `manifests in ${name}`).filter(isImage));
      continue;
    }
    const [own] = blobs.pointers(config === undefined ? [] : [config], `config in ${name}`);
    if (own === undefined) throw blobs.wrong(`a manifest of an image in ${name}`, "something else");
    leaves.push({ pointer, content, config: own, layers: blobs.pointers(layers, `layers in ${name}`) });
  }
  return leaves;
}

/** The only one there is, whatever it is for; of several that of this machine. */
async function ofPlatform(leaves: readonly Leaf[], architecture: string, blobs: LayoutBlobs): Promise<Leaf> {
  const [only] = leaves;
  if (only !== undefined && leaves.length === 1) return only;
  const wanted = `linux/${architecture}`;
  const platforms: string[] = [];
  for (const leaf of leaves) platforms.push(await platformOf(leaf, blobs));
  const [found, another] = leaves.filter((_, index) =>
    [wanted, `${wanted}/v8`].includes(platforms[index] ?? ""),
  );
  if (found !== undefined && another === undefined) return found;
  throw new Fault({
    code: "oci/platform",
    message: `expected one image for ${wanted} in ${blobs.where}, found ${platforms.join(", ") || "none"}`,
    exit: 2,
  });
}

/** As the index says it, otherwise as the image's configuration does. `arm64` is `arm64/v8`: there is no other. */
async function platformOf({ pointer, config }: Leaf, blobs: LayoutBlobs): Promise<string> {
  const said: Platform = pointer.platform ?? (await blobs.document(config)).document;
  return [said.os, said.architecture, said.variant].filter((part) => typeof part === "string").join("/");
}
