/** An image's configuration from its recipe and what the service adds. */
import type { ImageConfig, ImageHealthCheck } from "../oci/image.ts";
import type { ComposeService } from "../recipe/compose-service.ts";
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

/** The image carries the service's health check for whoever runs it without this Compose file. */
export function healthCheckOf({ healthCheck }: ComposeService): ImageHealthCheck | undefined {
  if (healthCheck?.argv === undefined || healthCheck.disabled) return undefined;
  const { argv, interval, timeout, startPeriod, startInterval, retries } = healthCheck;
  return {
    argv,
    interval: interval ?? 30_000,
    timeout: timeout ?? 30_000,
    startPeriod: startPeriod ?? 0,
    startInterval: startInterval ?? 5000,
    retries: retries ?? 3,
  };
}
