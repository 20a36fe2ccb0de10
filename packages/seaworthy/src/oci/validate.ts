/** Every invariant of an image that can be checked from the store alone; each violation is one problem with its place. */
import { decompress } from "../codec/decompress.ts";
import { digestOf } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import { readTar } from "../tar/read.ts";
import type { Image, Layer } from "./image.ts";

export interface Problem {
  /** `manifest`, `config`, `layer dependencies`. */
  readonly where: string;
  readonly message: string;
}

const MAX_LAYER = 8 * 1024 ** 3;

/** Reads every blob. An empty list means that all that is listed here was looked at and holds. */
export async function validateImage(store: ContentStore, image: Image): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const [where, descriptor] of [
    ["manifest", image.manifest],
    ["config", image.configDescriptor],
  ] as const) {
    const content = await store.read(descriptor.digest);
    if (content?.length !== descriptor.size)
      problems.push({ where, message: "missing, damaged, or of another size" });
  }
  const config = await store.read(image.configDescriptor.digest);
  const { rootfs, history } = parse(config);
  if (rootfs?.diff_ids.join() !== image.layers.map((layer) => layer.diffId).join()) {
    problems.push({ where: "config", message: "diff_ids are not those of the layers" });
  }
  if (history?.length !== image.layers.length) {
    problems.push({
      where: "config",
      message: `expected ${image.layers.length} history rows, found ${history?.length}`,
    });
  }
  for (const layer of image.layers) problems.push(...(await layerProblems(store, layer)));
  return problems;
}

async function layerProblems(store: ContentStore, layer: Layer): Promise<Problem[]> {
  const where = `layer ${layer.name}`;
  const packed = await store.read(layer.digest);
  if (packed?.length !== layer.size) return [{ where, message: "missing, damaged, or of another size" }];
  const plain = await decompress(packed, MAX_LAYER);
  const problems: Problem[] = [];
  if (digestOf(plain) !== layer.diffId)
    problems.push({ where, message: "the unpacked bytes have another diff id" });
  const seen = new Set<string>();
  for (const { name } of readTar(plain)) {
    const path = name.replace(/\/$/, "");
    if (seen.has(path)) problems.push({ where, message: `${path} comes twice` });
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    if (parent !== "" && !seen.has(parent))
      problems.push({ where, message: `${path} comes before its parent` });
    seen.add(path);
  }
  return problems;
}

interface ParsedConfig {
  readonly rootfs?: { readonly diff_ids: readonly string[] };
  readonly history?: readonly unknown[];
}

function parse(config: Uint8Array | undefined): ParsedConfig {
  return config === undefined ? {} : (JSON.parse(Buffer.from(config).toString("utf8")) as ParsedConfig);
}
