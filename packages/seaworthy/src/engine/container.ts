/** What a container is asked to be: an image and everything it may do. Pure data; engines turn it into a process. */
import type { Image } from "../oci/image.ts";

/** Without the `CAP_` prefix, as Compose writes them: `CHOWN`, `NET_BIND_SERVICE`. */
export type Capability = string;

export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

export interface TmpfsMount {
  readonly kind: "tmpfs";
  readonly target: string;
  /** In bytes; `undefined` is the kernel's default, half of the machine's memory. */
  readonly size: number | undefined;
  readonly mode: number;
  readonly exec: boolean;
}

/** Data that outlives the container; `source` is a directory on the host owned by the engine. */
export interface VolumeMount {
  readonly kind: "volume";
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A path of the host chosen by the user. */
export interface BindMount {
  readonly kind: "bind";
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A secret or config: one file of the host, always read-only. */
export interface SecretMount {
  readonly kind: "secret";
  readonly name: string;
  readonly source: string;
  readonly target: string;
}

export type Mount = TmpfsMount | VolumeMount | BindMount | SecretMount;

export interface Limits {
  /** In bytes. Swap is never given on top. */
  readonly memory: number | undefined;
  readonly pids: number | undefined;
  /** CPUs' worth of time: 0.5 is half of one. */
  readonly cpus: number | undefined;
  readonly shmSize: number;
}

export interface HealthCheck {
  /** Exec form: program and arguments; `["CMD-SHELL", ...]` has been turned into `/bin/sh -c`. */
  readonly argv: readonly string[];
  /** All in milliseconds. */
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

export interface PublishedPort {
  /** The host's address, as declared; `0.0.0.0` when the Compose file names none. */
  readonly address: string;
  /** On the host. */
  readonly published: number;
  /** In the container. */
  readonly target: number;
}

export type Restart =
  | { readonly policy: "no" | "always" | "unless-stopped" }
  | { readonly policy: "on-failure"; readonly attempts: number | undefined };

/** How a container may act on its machine. Each field is one control; the strictest value is the hardened one. */
export interface Confinement {
  readonly user: User;
  readonly readOnlyRoot: boolean;
  readonly noNewPrivileges: boolean;
  /** The bounding set, which is also the permitted and effective set of uid 0. Empty is hardened. */
  readonly capabilities: readonly Capability[];
  readonly seccomp: "default" | "unconfined";
  /** Whether `/proc` and `/sys` paths are masked and read-only as the OCI defaults say. */
  readonly systemPaths: "default" | "unconfined";
  /** All devices of the host, as `privileged: true` gives. */
  readonly hostDevices: boolean;
  readonly network: "pod" | "host";
  readonly pid: "private" | "host";
  readonly ipc: "private" | "host";
  readonly limits: Limits;
}

export interface Container extends Confinement {
  /** The service's name, also its host name in the pod. */
  readonly name: string;
  readonly image: Image;
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly workingDirectory: string;
  readonly mounts: readonly Mount[];
  readonly stopSignal: string;
  /** In milliseconds. */
  readonly stopGrace: number;
}
