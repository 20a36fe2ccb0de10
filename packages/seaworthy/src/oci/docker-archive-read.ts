/** Reads what `docker save` wrote into our store, so that an image made elsewhere is looked at like one of ours. */
import { posix } from "node:path";
import { decompress } from "../codec/decompress.ts";
import { digestOf } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import { Fault } from "../fault/fault.ts";
import { readTar, type TarEntry } from "../tar/read.ts";
import { readTarFile } from "../tar/read-file.ts";
import type { Image, Layer } from "./image.ts";
import { CONFIG_MEDIA_TYPE, MANIFEST_MEDIA_TYPE } from "./media-type.ts";
import { type ContainerConfig, parseContainerConfig } from "./parse-config.ts";

/** One JSON line a path of a layer, as `rootfs/listing.ts` reads it. */
type WriteListing = (layer: string, entries: Iterable<TarEntry>) => Promise<Layer["listing"]>;

interface ArchiveManifest {
  readonly Config: string;
  readonly Layers: readonly string[];
}

interface ConfigDocument {
  readonly architecture?: string;
  readonly created?: string;
  readonly config?: ContainerConfig | null;
  readonly rootfs?: { readonly diff_ids?: readonly string[] };
  readonly history?: readonly { readonly created_by?: string; readonly empty_layer?: boolean }[];
}

const MAX_LAYER = 8 * 1024 ** 3;
const TAR_MEDIA_TYPE = "application/vnd.oci.image.layer.v1.tar";

/**
 * @param file as `docker save`, `podman save` or `skopeo copy docker-archive:` write it, with one image
 * @throws Fault `oci/archive` when it is not such an archive, or a layer is not what the configuration says
 */
export async function readDockerArchive(
  store: ContentStore,
  file: string,
  reference: string,
  writeListing: WriteListing,
): Promise<Image> {
  const { manifest, links } = await readManifest(file);
  const wanted = new Set(manifest.Layers.map((name) => links.get(name) ?? name));
  const layers = new Map<string, Awaited<ReturnType<typeof keepLayer>>>();
  let configText: Buffer | undefined;
  for await (const { name, kind, content } of readTarFile(file)) {
    if (kind !== "file") continue;
    if (name === manifest.Config) configText = Buffer.from(content);
    else if (wanted.has(name)) layers.set(name, await keepLayer(store, content, writeListing));
  }
  if (configText === undefined) throw notAnArchive(manifest.Config, "none");
  const document = parse(configText, manifest.Config) as ConfigDocument;
  const history = (document.history ?? []).filter((row) => row.empty_layer !== true);
  const diffIds = document.rootfs?.diff_ids ?? [];
  const found = manifest.Layers.map((name, index): Layer => {
    const layer = layers.get(links.get(name) ?? name);
    if (layer === undefined) throw notAnArchive(`layer ${name}`, "none");
    if (layer.diffId !== diffIds[index]) throw notAnArchive(`layer ${diffIds[index]}`, layer.diffId);
    return {
      ...layer,
      mediaType: TAR_MEDIA_TYPE,
      name: `layer ${index + 1}`,
      createdBy: history[index]?.created_by ?? "",
    };
  });
  const config = await store.write(configText);
  const noted = await store.write(Buffer.from(JSON.stringify(manifest)));
  return {
    reference,
    manifest: { mediaType: MANIFEST_MEDIA_TYPE, ...noted },
    configDescriptor: { mediaType: CONFIG_MEDIA_TYPE, ...config },
    config: parseContainerConfig(document.config ?? {}, {
      architecture: document.architecture ?? "amd64",
      created: document.created ?? "",
    }),
    layers: found,
    history: (document.history ?? []).flatMap((row) => row.created_by ?? []),
  };
}

/** It may stand at the end, after the layers that it names. Equal layers are links to the first of them. */
async function readManifest(
  file: string,
): Promise<{ readonly manifest: ArchiveManifest; readonly links: ReadonlyMap<string, string> }> {
  const links = new Map<string, string>();
  let text: Buffer | undefined;
  for await (const { name, kind, content, linkTarget } of readTarFile(file)) {
    if (kind === "symlink") links.set(name, posix.join(posix.dirname(name), linkTarget));
    if (name === "manifest.json") text = Buffer.from(content);
  }
  if (text === undefined) throw notAnArchive("manifest.json", "none");
  const [manifest] = parse(text, "manifest.json") as readonly ArchiveManifest[];
  if (manifest === undefined) throw notAnArchive("an image in manifest.json", "an empty list");
  return { manifest, links };
}

async function keepLayer(
  store: ContentStore,
  content: Uint8Array,
  writeListing: WriteListing,
): Promise<Pick<Layer, "digest" | "size" | "diffId" | "unpackedSize" | "listing">> {
  const plain = await decompress(content, MAX_LAYER);
  const diffId = digestOf(plain);
  let unpackedSize = 0;
  for (const { size } of readTar(plain)) unpackedSize += size;
  return {
    ...(await store.write(content)),
    diffId,
    unpackedSize,
    listing: await writeListing(diffId, readTar(plain)),
  };
}

function parse(text: Buffer, name: string): unknown {
  try {
    return JSON.parse(text.toString("utf8")) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw notAnArchive(`JSON in ${name}`, "something else");
  }
}

function notAnArchive(expected: string, found: string): Fault {
  return new Fault({
    code: "oci/archive",
    message: `expected ${expected} in the archive that the engine saved, found ${found}`,
    exit: 2,
  });
}
