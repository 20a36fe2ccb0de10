/** What is known about a running stack: written whole on every change, read by whoever wants to know. */
import { readFile, rename, writeFile } from "node:fs/promises";
import type { Digest } from "../content/digest.ts";
import type { PublishedPort } from "../engine/container.ts";
import type { ProcessIdentity } from "../engine/runc/process-identity.ts";
import { isMissing } from "../fault/errno.ts";

/** `running` is for services without a health check; with one it is `starting` until the first verdict. */
export type ServiceStatus = "created" | "starting" | "running" | "healthy" | "unhealthy" | "exited";

export interface HealthResult {
  /** RFC 3339, as all times here. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** `undefined` when it was ended by a signal or took too long. */
  readonly code: number | undefined;
  readonly timedOut: boolean;
  /** Both streams, the first 4 KiB. */
  readonly output: string;
}

export interface ServiceState {
  readonly name: string;
  readonly status: ServiceStatus;
  readonly image: { readonly reference: string; readonly digest: string };
  readonly ports: readonly PublishedPort[];
  readonly containerId?: string | undefined;
  /** On the host. */
  readonly pid?: number | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly outOfMemory: boolean;
  readonly restarts: number;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  /** Why it could not be started, or will not be started again. */
  readonly failure?: string | undefined;
  /** Whether it is over: exited, and no restart will follow. */
  readonly settled: boolean;
  /** The last five, oldest first. */
  readonly health: readonly HealthResult[];
}

export interface StackState {
  readonly project: string;
  /** Of the declaration it was started with. */
  readonly declared: Digest;
  readonly startedAt: string;
  readonly supervisor: ProcessIdentity;
  /** The pod's network namespace, to be joined by path. */
  readonly network: string;
  readonly services: readonly ServiceState[];
}

/** Renamed into place: a reader sees the old or the new, never a half. */
export async function writeState(file: string, state: StackState): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(state, undefined, 2));
  await rename(`${file}.new`, file);
}

export async function readState(file: string): Promise<StackState | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as StackState;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Where a stack as a whole stands on its way up. `failed` names the service that keeps it from getting there. */
export type Progress =
  | { readonly kind: "waiting" }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly service: ServiceState };

/** Ready when every service is healthy, runs without having a check, or has done its work and exited with 0. */
export function progressOf(state: StackState): Progress {
  const failed = state.services.find(
    (one) => one.status === "unhealthy" || (one.settled && (one.exitCode !== 0 || one.failure !== undefined)),
  );
  if (failed !== undefined) return { kind: "failed", service: failed };
  const ready = state.services.every(
    (one) => one.status === "healthy" || one.status === "running" || one.settled,
  );
  return { kind: ready ? "ready" : "waiting" };
}
