/** One service of a stack, ready for any engine: its container and how it is started, watched and published. */
import type { Container, HealthCheck, PublishedPort, Restart } from "./container.ts";

export interface ServiceDependency {
  readonly service: string;
  readonly condition: "started" | "healthy" | "completed";
}

/** Plain data; where a value was written is asked of the recipe. */
export interface StackService {
  readonly container: Container;
  readonly ports: readonly PublishedPort[];
  /** Complete: the file's, the image's and Docker's defaults merged. `undefined` when there is none, or it is off. */
  readonly healthCheck: HealthCheck | undefined;
  readonly restart: Restart;
  readonly dependsOn: readonly ServiceDependency[];
}
