/** Reads what `docker save` wrote into our store, so that an image made elsewhere is looked at like one of ours. */
import { posix } from "node:path";
import type { ContentStore } from "../content/store.ts";
import { Fault } from "../fault/fault.ts";
import { readTarFile } from "../tar/read-file.ts";
import { imagesOf } from "./choose-image.ts";
import type { Image } from "./image.ts";
import { type KeptLayer, keepImage, keepLayer, parseJson, type WriteListing } from "./keep-image.ts";
import { MANIFEST_MEDIA_TYPE } from "./media-type.ts";

interface ArchiveManifest {
  readonly RepoTags?: readonly string[] | null;
  readonly Config: string;
  readonly Layers: readonly string[];
}

const TAR_MEDIA_TYPE = "application/vnd.oci.image.layer.v1.tar";

/**
 * @param file as `docker save`, `podman save` or `skopeo copy docker-archive:` write it
 * @param wanted which image, where there are several
 * @throws Fault `oci/archive` when it is not such an archive, or a layer is not what the configuration says, and
 *   `oci/which-image`
 */
export async function readDockerArchive(
  store: ContentStore,
  file: string,
  reference: string,
  writeListing: WriteListing,
  wanted?: string,
): Promise<Image> {
  const { manifest, links } = await readManifest(file, wanted);
  const ours = new Set(manifest.Layers.map((name) => links.get(name) ?? name));
  const layers = new Map<string, KeptLayer>();
  let configText: Buffer | undefined;
  for await (const { name, kind, content } of readTarFile(file)) {
    if (kind !== "file") continue;
    if (name === manifest.Config) configText = Buffer.from(content);
    else if (ours.has(name)) layers.set(name, await keepLayer(store, content, writeListing));
  }
  if (configText === undefined) throw notAnArchive(manifest.Config, "none");
  const found = manifest.Layers.map((name) => {
    const layer = layers.get(links.get(name) ?? name);
    if (layer === undefined) throw notAnArchive(`layer ${name}`, "none");
    return { ...layer, mediaType: TAR_MEDIA_TYPE };
  });
  const noted = await store.write(Buffer.from(JSON.stringify(manifest)));
  return await keepImage(
    store,
    {
      reference,
      manifest: { mediaType: MANIFEST_MEDIA_TYPE, ...noted },
      config: { name: manifest.Config, content: configText },
      layers: found,
    },
    notAnArchive,
  );
}

/** It may stand at the end, after the layers that it names. Equal layers are links to the first of them. */
async function readManifest(
  file: string,
  wanted: string | undefined,
): Promise<{ readonly manifest: ArchiveManifest; readonly links: ReadonlyMap<string, string> }> {
  const links = new Map<string, string>();
  let text: Buffer | undefined;
  for await (const { name, kind, content, linkTarget } of readTarFile(file)) {
    if (kind === "symlink") links.set(name, posix.join(posix.dirname(name), linkTarget));
    if (name === "manifest.json") text = Buffer.from(content);
  }
  if (text === undefined) throw notAnArchive("manifest.json, or an OCI layout,", "neither");
  const images = parseJson(text, "manifest.json", notAnArchive) as readonly ArchiveManifest[];
  if (!Array.isArray(images) || images.includes(null))
    throw notAnArchive("a list of images in manifest.json", "something else");
  const named = images.map((image: ArchiveManifest) => ({ names: image.RepoTags ?? [], image }));
  const [manifest, another] = imagesOf(named, wanted, file);
  if (manifest === undefined || another !== undefined)
    throw notAnArchive("one image", `${images.length}, and nothing to tell them apart`);
  if (typeof manifest.Config !== "string" || !Array.isArray(manifest.Layers))
    throw notAnArchive("Config and Layers in manifest.json", "something else");
  return { manifest, links };
}

function notAnArchive(expected: string, found: string): Fault {
  return new Fault({
    code: "oci/archive",
    message: `expected ${expected} in the archive of docker save, found ${found}`,
    exit: 2,
  });
}
