/** One service of a Compose file, every form brought to one: the values, free of YAML. */
import type { ComposeExtras } from "./compose-extras.ts";
import type { ComposeDependency } from "./dependencies.ts";
import type { Environment } from "./environment.ts";
import type { ComposeGrant } from "./grants.ts";
import type { ComposeHealthCheck } from "./health-check.ts";
import type { ComposeAttachment, ComposeNamespace } from "./networks.ts";
import type { PackageImage } from "./package-image.ts";
import type { ComposePort } from "./ports.ts";
import type { SecurityOptions } from "./security-options.ts";
import type { ComposeUser } from "./user.ts";
import type { ComposeMount } from "./volumes.ts";

export interface ComposeBuild {
  /** Absolute. */
  readonly context: string;
  readonly dockerfile: string | undefined;
  readonly args: ReadonlyMap<string, string | undefined>;
  readonly target: string | undefined;
  readonly labels?: ReadonlyMap<string, string>;
  readonly network?: string;
  readonly noCache?: boolean;
  readonly pull?: boolean;
}

export type ComposeRestart =
  | { readonly policy: "no" | "always" | "unless-stopped" }
  | { readonly policy: "on-failure"; readonly attempts: number | undefined };

export interface ComposeLimits {
  /** In bytes. */
  readonly memory: number | undefined;
  readonly pids: number | undefined;
  readonly cpus: number | undefined;
  /** In bytes. */
  readonly shmSize: number | undefined;
}

/** `undefined` where the file says nothing, so that the image's or Docker's default applies. */
export interface ComposeService {
  readonly name: string;
  readonly image: string | undefined;
  readonly build: ComposeBuild | undefined;
  /** `x-seaworthy:` of a service that is assembled from packages. */
  readonly packageImage: PackageImage | undefined;
  readonly containerName: string | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
  readonly workingDirectory: string | undefined;
  readonly environment: Environment;
  readonly labels: ReadonlyMap<string, string | undefined>;
  readonly user: ComposeUser | undefined;
  readonly groups: readonly (number | string)[];
  readonly readOnly: boolean;
  readonly privileged: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly security: SecurityOptions;
  readonly limits: ComposeLimits;
  /** `pod`: those in `networks`. */
  readonly network: "pod" | ComposeNamespace;
  readonly networks: readonly ComposeAttachment[];
  readonly pid: "private" | Exclude<ComposeNamespace, "none">;
  readonly ipc: "private" | ComposeNamespace;
  readonly uts: "private" | "host";
  readonly mounts: readonly ComposeMount[];
  readonly grants: readonly ComposeGrant[];
  readonly ports: readonly ComposePort[];
  readonly expose: readonly string[];
  readonly healthCheck: ComposeHealthCheck | undefined;
  readonly dependsOn: readonly ComposeDependency[];
  readonly restart: ComposeRestart;
  readonly stopSignal: string | undefined;
  /** In milliseconds. */
  readonly stopGrace: number | undefined;
  readonly extras: ComposeExtras;
}
