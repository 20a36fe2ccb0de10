/** What a stack is asked to be, and where on the host it lives. */
import { join } from "node:path";
import { type Digest, digestOf } from "../content/digest.ts";
import { placesOf } from "../engine/runc/places.ts";
import type { StackService } from "../engine/stack-service.ts";
import type { LogRotation } from "./log-file.ts";

export interface StackSpec {
  /** Compose's project name. */
  readonly project: string;
  readonly services: readonly StackService[];
  /** Further names of services in the pod, such as `container_name`. */
  readonly aliases?: ReadonlyMap<string, readonly string[]>;
  readonly logs?: LogRotation;
}

/** Tells one declaration from another: a stack that runs under an older Compose file is not the one to prove. */
export function declarationDigest(spec: StackSpec): Digest {
  const plain = (_: string, value: unknown): unknown => (value instanceof Map ? [...value] : value);
  return digestOf(JSON.stringify(spec, plain));
}

export interface StackPlaces {
  /** All below it ends with the stack. */
  readonly folder: string;
  readonly state: string;
  readonly control: string;
  readonly logs: string;
  /** What the supervisor itself printed: only of interest when it failed. */
  readonly supervisorLog: string;
  readonly supervisor: string;
  /** A mount point for the host's network namespace, for services that ask for it. */
  readonly hostNetwork: string;
  /** Held by the supervisor for as long as it lives. */
  readonly lock: string;
}

export function stackPlaces(runRoot: string, project: string): StackPlaces {
  const folder = placesOf(runRoot, project).project;
  return {
    folder,
    state: join(folder, "state.json"),
    control: join(folder, "control.sock"),
    logs: join(folder, "logs"),
    supervisorLog: join(folder, "supervisor.log"),
    supervisor: join(folder, "supervisor.json"),
    hostNetwork: join(folder, "host-network"),
    lock: `${folder}.lock`,
  };
}

export function logFile(places: StackPlaces, service: string): string {
  return join(places.logs, `${service}.log`);
}

/** Every service and alias by the loopback address that all of the pod share. */
export function hostNames(spec: StackSpec): ReadonlyMap<string, string> {
  const names = spec.services.flatMap(({ container }) => [
    container.name,
    ...(spec.aliases?.get(container.name) ?? []),
  ]);
  return new Map(names.map((name) => [name, "127.0.0.1"]));
}
