/** One service of a stack, ready for any engine: its container and how it is started, watched and published. */
import type { Container, HealthCheck, PublishedPort, Restart } from "./container.ts";

/** One network of the stack that a service is in. */
export interface NetworkAttachment {
  /** The key under the top-level `networks`; `default` is always there. */
  readonly network: string;
  /** Further names for the service in this network. */
  readonly aliases: readonly string[];
  readonly ipv4Address?: string;
  readonly ipv6Address?: string;
}

export interface ServiceDependency {
  readonly service: string;
  readonly condition: "started" | "healthy" | "completed";
  /** Whether the service is started even when this one is not there or fails; it is when left out. */
  readonly required?: boolean;
  /** Whether the service is started again when this one was. */
  readonly restart?: boolean;
}

/** Plain data; where a value was written is asked of the recipe. */
export interface StackService {
  readonly container: Container;
  readonly ports: readonly PublishedPort[];
  /** What it listens on beside the targets of `ports`, and publishes to nobody: `9100`, `9100-9110/udp`. */
  readonly expose?: readonly string[];
  /** Complete: the file's, the image's and Docker's defaults merged. `undefined` when there is none, or it is off. */
  readonly healthCheck: HealthCheck | undefined;
  readonly restart: Restart;
  readonly dependsOn: readonly ServiceDependency[];
  /** Empty for one on the host's network, or on none. */
  readonly networks: readonly NetworkAttachment[];
  /** Names that every network knows it by, beside its own: `container_name`. */
  readonly containerName?: string;
}
