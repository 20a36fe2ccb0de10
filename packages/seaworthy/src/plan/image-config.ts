/** An image's configuration from its recipe and what the service adds. */
import type { ImageConfig, ImageHealthCheck } from "../oci/image.ts";
import type { ImageRecipe } from "./images/image-recipe.ts";

export interface ImageConfigOptions {
  readonly recipe: ImageRecipe;
  readonly architecture: "amd64" | "arm64";
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthCheck: ImageHealthCheck | undefined;
  /** Ports the service listens on, beside the recipe's. */
  readonly ports: readonly number[];
  readonly labels: readonly (readonly [string, string])[];
}

/** The same for everybody: the time of a build is no property of what was built. */
const CREATED = "1980-01-01T00:00:00Z";

export function imageConfig(options: ImageConfigOptions): ImageConfig {
  const { recipe } = options;
  return {
    architecture: options.architecture,
    user: recipe.user,
    env: recipe.env,
    entrypoint: options.entrypoint,
    command: options.command,
    workingDirectory: recipe.workingDirectory,
    exposedPorts: [
      ...new Set([...recipe.exposedPorts, ...options.ports.map((port) => `${port}/tcp`)]),
    ].toSorted(),
    volumes: recipe.volumes,
    stopSignal: recipe.stopSignal,
    healthCheck: options.healthCheck,
    labels: options.labels,
    created: CREATED,
  };
}
