/** An OCI image as values: descriptors into a content store and the parsed configuration. */
import type { Digest } from "../content/digest.ts";

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
}

export interface Layer extends Descriptor {
  /** The digest of the uncompressed tar. */
  readonly diffId: Digest;
  /** What its files take when unpacked, in bytes; tar headers do not count. */
  readonly unpackedSize: number;
  /** `base`, `runtime`, `dependencies`, `app`: the layer's name in history and reports. */
  readonly name: string;
  /** One line for the history row: what made it. */
  readonly createdBy: string;
  /** A blob with one JSON line per path: `{path, kind, mode, size, reason}`. */
  readonly listing: Digest;
}

/** Durations in milliseconds. */
export interface ImageHealthCheck {
  readonly argv: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

/** What a container of this image starts with unless the stack says otherwise. */
export interface ImageConfig {
  readonly architecture: "amd64" | "arm64";
  /** Numeric, `10001:10001`. */
  readonly user: string;
  readonly env: readonly (readonly [string, string])[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory: string;
  /** `8000/tcp`. */
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly stopSignal: string;
  readonly healthCheck: ImageHealthCheck | undefined;
  readonly labels: readonly (readonly [string, string])[];
  /** RFC 3339, part of the digest. */
  readonly created: string;
}

export interface Image {
  /** `myapp:prod`. */
  readonly reference: string;
  readonly manifest: Descriptor;
  readonly configDescriptor: Descriptor;
  readonly config: ImageConfig;
  readonly layers: readonly Layer[];
  /** What made it, a line a step, those that made no layer too; the layers' own lines when left out. */
  readonly history?: readonly string[];
}
