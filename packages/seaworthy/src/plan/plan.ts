/** The recipe resolved to exact inputs: one image plan a service, one digest for all. */
import { type Digest, digestOf } from "../content/digest.ts";
import type { PackageSource } from "../debian/locked-package.ts";
import type { Registry } from "../npm/registry.ts";
import type { ComposeProject } from "../recipe/compose.ts";
import { planBackingImage } from "./backing-image.ts";
import type { ImagePlan } from "./image-plan.ts";
import type { Lock } from "./lock.ts";
import { planNodeImage } from "./node-image.ts";
import { planPackageImage } from "./package-image.ts";
import type { ImageRequest } from "./request.ts";

export interface Plan {
  readonly digest: Digest;
  readonly lock: Lock;
  readonly images: readonly ImagePlan[];
}

export interface PlanSources {
  readonly debian: PackageSource;
  registry(directory: string): Promise<Registry>;
  readonly signal?: AbortSignal | undefined;
  /** What the build script prints. */
  readonly onOutput?: (chunk: Uint8Array) => void;
}

/**
 * The lock must fit the requests. Nothing is fetched and nothing is built: the parts of the layers do that when asked.
 * The same recipe and the same lock give the same digest, whoever asks, wherever and whenever.
 */
export async function makePlan(
  project: ComposeProject,
  requests: readonly ImageRequest[],
  lock: Lock,
  sources: PlanSources,
): Promise<Plan> {
  const images: ImagePlan[] = [];
  for (const request of requests) {
    const locked = lock.images.find(({ service }) => service === request.service);
    const service = project.services.get(request.service);
    if (locked === undefined || service === undefined) {
      throw new TypeError(`expected ${request.service} in the lock and the project, found only the request`);
    }
    const { architecture } = lock;
    const common = { request, locked, architecture, debian: sources.debian };
    if (request.context !== undefined) {
      images.push(await planPackageImage({ ...common, context: request.context, project, service }));
      continue;
    }
    if (request.node === undefined) {
      images.push(await planBackingImage(common));
      continue;
    }
    const { store } = sources.debian;
    const { directory } = request.node.project;
    const npm = { store, registry: await sources.registry(directory), directory, signal: sources.signal };
    const onOutput = sources.onOutput === undefined ? {} : { onOutput: sources.onOutput };
    images.push(await planNodeImage({ ...common, node: request.node, service, npm, ...onOutput }));
  }
  return { digest: planDigest(images), lock, images };
}

/** Of a project whose images all come from elsewhere. */
export const NOTHING: Plan = {
  digest: planDigest([]),
  lock: { lockVersion: 1, architecture: "amd64", images: [] },
  images: [],
};

function planDigest(images: readonly ImagePlan[]): Digest {
  return digestOf(
    JSON.stringify(
      images.map(({ service, reference, config, layers }) => [
        service,
        reference,
        config,
        layers.map((layer) => layer.inputs),
      ]),
    ),
  );
}
