/** An image plan to an image in the store. */
import type { ContentStore } from "../content/store.ts";
import { assembleImage } from "../oci/assemble.ts";
import type { Image, Layer } from "../oci/image.ts";
import type { ImagePlan } from "../plan/image-plan.ts";
import { buildLayer } from "../rootfs/layer.ts";

export interface BuildProgress {
  /** Told before each part is looked for: `dependencies`, `npm/node_modules/fastify`. */
  onPart?(layer: string, part: string): void;
}

/**
 * Layer by layer, lowest first. What is in the store already is not made again; a build that is killed leaves a store
 * that works, because every write to it is whole or not there.
 */
export async function buildImage(
  store: ContentStore,
  plan: ImagePlan,
  progress: BuildProgress = {},
): Promise<Image> {
  const layers: Layer[] = [];
  for (const layer of plan.layers) {
    const parts = await layer.parts();
    const onPart = (part: string): void => progress.onPart?.(layer.name, part);
    layers.push(
      await buildLayer(store, { name: layer.name, createdBy: layer.createdBy, parts, below: layers }, onPart),
    );
  }
  return await assembleImage(store, { reference: plan.reference, config: plan.config, layers });
}
