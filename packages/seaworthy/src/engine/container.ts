/** What a container is asked to be: an image and everything it may do. Pure data; engines turn it into a process. */
import type { Digest } from "../content/digest.ts";
import type { ImageConfig, Layer } from "../oci/image.ts";
import type { ContainerExtras } from "./container-extras.ts";

/** What a container starts from. An image of our own store is one; an engine with a store of its own knows others. */
export interface ContainerImage {
  /** `myapp:prod`. */
  readonly reference: string;
  /** By which the engine finds it: of the manifest in our store, or of the configuration in the engine's. */
  readonly manifest: { readonly digest: Digest };
  readonly config: ImageConfig;
  /** Lowest first; none when only the engine has them. */
  readonly layers: readonly Layer[];
}

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
  /** The owner; root when left out. */
  readonly uid?: number;
  readonly gid?: number;
}

/** Data that outlives the container. */
export interface VolumeMount {
  readonly kind: "volume";
  /** For the whole engine: `myapp_db-data`. */
  readonly name: string;
  /** The directory that holds it on the host, for an engine that keeps volumes where it is told. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** Who owns it when it is made anew; when left out, whoever owns the path in the image. */
  readonly owner?: Pick<User, "uid" | "gid"> & { readonly mode: number };
}

/** An empty folder to write to, made with the container and gone with it: Compose's anonymous volume, or a double's own data. */
export interface ScratchMount {
  readonly kind: "scratch";
  readonly target: string;
  /** Who owns it; when left out, whoever owns the path in the image. */
  readonly owner?: Pick<User, "uid" | "gid">;
}

/** A path of the host chosen by the user. */
export interface BindMount {
  readonly kind: "bind";
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** `private` when left out. */
  readonly propagation?: string;
  /** Whether a source that is missing is made, as a directory: Compose's short form. */
  readonly createSource?: boolean;
}

/** A secret or config: one file of the host, always read-only. */
export interface SecretMount {
  readonly kind: "secret";
  readonly name: string;
  readonly source: string;
  readonly target: string;
}

export type Mount = TmpfsMount | VolumeMount | ScratchMount | BindMount | SecretMount;

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
  /** On the host; 0 for any that is free. */
  readonly published: number;
  /** In the container. */
  readonly target: number;
  /** `tcp` when left out. */
  readonly protocol?: "tcp" | "udp";
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
  /** `default`: Seaworthy's own profile, the same on every engine. `engine`: whatever the engine gives to those who say nothing. */
  readonly seccomp: "default" | "engine" | "unconfined";
  /** Whether `/proc` and `/sys` paths are masked and read-only as the OCI defaults say. */
  readonly systemPaths: "default" | "unconfined";
  /** All devices of the host, as `privileged: true` gives. */
  readonly hostDevices: boolean;
  /** `private`: its own, joined to the networks of its stack. `none`: its own, with a loopback only. */
  readonly network: "private" | "none" | "host";
  readonly pid: "private" | "host";
  /** The machine's name: its own, or the host's. */
  readonly uts: "private" | "host";
  /** `none`: its own, without `/dev/shm`. */
  readonly ipc: "private" | "none" | "host";
  readonly limits: Limits;
}

export interface Container extends Confinement {
  /** The service's name, also its host name. */
  readonly name: string;
  readonly image: ContainerImage;
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly workingDirectory: string;
  readonly mounts: readonly Mount[];
  readonly stopSignal: string;
  /** In milliseconds. */
  readonly stopGrace: number;
  readonly extras?: ContainerExtras;
}
