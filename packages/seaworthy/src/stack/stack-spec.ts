/** What a stack is asked to be: its services, the networks that join them, and the volumes they keep. */
import { type Digest, digestOf } from "../content/digest.ts";
import type { StackService } from "../engine/stack-service.ts";

export interface StackNetwork {
  /** For the whole engine: `myapp_backend`. */
  readonly name: string;
  /** Whether there is no way out of it. */
  readonly internal: boolean;
  /** Made by somebody else, and never removed. */
  readonly external: boolean;
  readonly driver?: string;
  readonly driverOptions?: ReadonlyMap<string, string>;
  readonly labels?: ReadonlyMap<string, string>;
  /** CIDR notation. */
  readonly subnets?: readonly string[];
  readonly ipv6?: boolean;
}

export interface StackVolume {
  /** For the whole engine: `myapp_db-data`. */
  readonly name: string;
  /** Made by somebody else, and never removed. */
  readonly external: boolean;
  readonly driver?: string;
  readonly driverOptions?: ReadonlyMap<string, string>;
  readonly labels?: ReadonlyMap<string, string>;
}

export interface StackSpec {
  /** Compose's project name. */
  readonly project: string;
  /** The Compose files, absolute, for engines that note them down. */
  readonly files: readonly string[];
  readonly services: readonly StackService[];
  /** By their keys in the Compose file; `default` is there when a service is in it. */
  readonly networks: ReadonlyMap<string, StackNetwork>;
  readonly volumes: ReadonlyMap<string, StackVolume>;
}

/** Tells one declaration from another: a stack that runs under an older Compose file is not the one to prove. */
export function declarationDigest(spec: StackSpec): Digest {
  const plain = (_: string, value: unknown): unknown => (value instanceof Map ? [...value] : value);
  return digestOf(JSON.stringify(spec, plain));
}
