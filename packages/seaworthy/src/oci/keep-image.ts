/** Puts an image that was made elsewhere together in our store, each part checked against what names it. */
import { decompress } from "../codec/decompress.ts";
import { digestOf } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import type { Fault } from "../fault/fault.ts";
import { readTar, type TarEntry } from "../tar/read.ts";
import type { Descriptor, Image, Layer } from "./image.ts";
import { CONFIG_MEDIA_TYPE } from "./media-type.ts";
import { type ContainerConfig, parseContainerConfig } from "./parse-config.ts";

/** One JSON line a path of a layer, as `rootfs/listing.ts` reads it. */
export type WriteListing = (layer: string, entries: Iterable<TarEntry>) => Promise<Layer["listing"]>;

/** What is wrong with the archive or layout, in its own words. */
export type Wrong = (expected: string, found: string) => Fault;

export type KeptLayer = Omit<Layer, "mediaType" | "name" | "createdBy">;

interface ConfigDocument {
  readonly architecture?: string;
  readonly created?: string;
  readonly config?: ContainerConfig | null;
  readonly rootfs?: { readonly diff_ids?: readonly string[] };
  readonly history?: readonly { readonly created_by?: string; readonly empty_layer?: boolean }[];
}

/** In bytes, unpacked. */
export const MAX_LAYER: number = 8 * 1024 ** 3;

/** @param content compressed or not */
export async function keepLayer(
  store: ContentStore,
  content: Uint8Array,
  writeListing: WriteListing,
): Promise<KeptLayer> {
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

/** @throws Fault of `wrong` when the configuration is none, or a layer is not the one that it names */
export async function keepImage(
  store: ContentStore,
  parts: {
    readonly reference: string;
    readonly manifest: Descriptor;
    readonly config: { readonly name: string; readonly content: Uint8Array };
    /** Lowest first. */
    readonly layers: readonly (KeptLayer & Pick<Layer, "mediaType">)[];
  },
  wrong: Wrong,
): Promise<Image> {
  const document = parseJson(parts.config.content, parts.config.name, wrong) as ConfigDocument;
  requireShapes(document, parts.config.name, wrong);
  const history = (document.history ?? []).filter((row) => row.empty_layer !== true);
  const diffIds = document.rootfs?.diff_ids ?? [];
  if (diffIds.length !== parts.layers.length)
    throw wrong(`${diffIds.length} layers, as its configuration says`, `${parts.layers.length}`);
  const layers = parts.layers.map((layer, index): Layer => {
    if (layer.diffId !== diffIds[index]) throw wrong(`layer ${diffIds[index]}`, layer.diffId);
    return { ...layer, name: `layer ${index + 1}`, createdBy: history[index]?.created_by ?? "" };
  });
  const config = await store.write(parts.config.content);
  return {
    reference: parts.reference,
    manifest: parts.manifest,
    configDescriptor: { mediaType: CONFIG_MEDIA_TYPE, ...config },
    config: parseContainerConfig(document.config ?? {}, {
      architecture: document.architecture ?? "amd64",
      created: document.created ?? "",
    }),
    layers,
    history: (document.history ?? []).flatMap((row) => row.created_by ?? []),
  };
}

/** Of what is read from it here. */
function requireShapes({ config, rootfs, history }: ConfigDocument, name: string, wrong: Wrong): void {
  const { User, WorkingDir, StopSignal, Env, Entrypoint, Cmd, Healthcheck } = config ?? {};
  const texts = { User, WorkingDir, StopSignal };
  const lists = { Env, Entrypoint, Cmd, Test: Healthcheck?.Test, diff_ids: rootfs?.diff_ids };
  const isText = (value: unknown): boolean => typeof value === "string";
  for (const [key, value] of Object.entries<unknown>(texts))
    if (value !== undefined && !isText(value)) throw wrong(`a text as ${key} in ${name}`, typeof value);
  for (const [key, value] of Object.entries<unknown>(lists))
    if (value !== undefined && value !== null && !(Array.isArray(value) && value.every(isText)))
      throw wrong(`a list of texts as ${key} in ${name}`, "something else");
  const rows: unknown = history ?? [];
  if (!(Array.isArray(rows) && rows.every((row) => typeof row === "object" && row !== null)))
    throw wrong(`a list of steps as history in ${name}`, "something else");
}

/** @param name of the file, for the message */
export function parseJson(content: Uint8Array, name: string, wrong: Wrong): object {
  try {
    const value: unknown = JSON.parse(Buffer.from(content).toString("utf8"));
    if (typeof value === "object" && value !== null) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw wrong(`JSON in ${name}`, "something else");
}
