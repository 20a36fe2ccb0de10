/** What each service of a project asks of the plan: an image recipe, and for a Node service its project. */

import { type Project, readProject } from "../npm/consistency.ts";
import { type NodeRequest, readNodeRequest } from "../npm/node-runtime.ts";
import type { ComposeProject } from "../recipe/compose.ts";
import { type NodeProject, readNodeProject } from "../recipe/node-project.ts";
import type { PlacedFiles } from "../recipe/package-image.ts";
import { serviceKind } from "../recipe/service-kind.ts";
import type { ImageRecipe } from "./images/image-recipe.ts";
import { nodeImage } from "./images/node.ts";
import { packagesImage } from "./images/packages.ts";
import { postgresImage } from "./images/postgres.ts";
import { redisImage } from "./images/redis.ts";
import { withVolumeDirectories } from "./images/volume-directories.ts";

export interface NodeServiceRequest {
  readonly project: Project;
  readonly about: NodeProject;
  readonly runtime: NodeRequest;
}

/** Files of a build context, for a service that is assembled from packages. */
export interface ContextRequest {
  /** Absolute. */
  readonly directory: string;
  readonly files: readonly PlacedFiles[];
}

export interface ImageRequest {
  readonly service: string;
  /** `myapp:prod`. */
  readonly reference: string;
  readonly recipe: ImageRecipe;
  /** For a service that is built from a Node project. */
  readonly node: NodeServiceRequest | undefined;
  /** For a service that is assembled from packages and its own files. */
  readonly context?: ContextRequest | undefined;
}

const BACKING: Readonly<Record<"postgres" | "redis", ImageRecipe>> = {
  postgres: postgresImage,
  redis: redisImage,
};

/**
 * In the Compose file's order.
 * @throws Fault of recipe/service-kind.ts, npm/consistency.ts and recipe/node-project.ts
 */
export async function imageRequests(project: ComposeProject): Promise<readonly ImageRequest[]> {
  const requests: ImageRequest[] = [];
  for (const service of project.services.values()) {
    const kind = await serviceKind(project, service);
    const reference = service.image ?? `${project.name}-${service.name}:latest`;
    if (kind.kind === "recipe") {
      requests.push({ service: service.name, reference, recipe: BACKING[kind.recipe], node: undefined });
      continue;
    }
    if (kind.kind === "packages") {
      const { image, context: directory } = kind;
      const recipe = withVolumeDirectories(packagesImage(image, service), service);
      const context = { directory, files: image.files };
      requests.push({ service: service.name, reference, recipe, node: undefined, context });
      continue;
    }
    const npm = await readProject(kind.context);
    const node: NodeServiceRequest = {
      project: npm,
      about: await readNodeProject(kind.context),
      runtime: await readNodeRequest(kind.context, npm.manifest),
    };
    const recipe = withVolumeDirectories(nodeImage, service);
    requests.push({ service: service.name, reference, recipe, node });
  }
  return requests;
}
