/** What is known about a running stack, whoever runs it. */
import type { Digest } from "../content/digest.ts";
import type { PublishedPort } from "../engine/container.ts";
import type { NetworkHandle } from "../engine/engine.ts";
import type { ServiceDependency } from "../engine/stack-service.ts";

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
  /** Of the first process, as the host numbers it; `undefined` also when the engine runs on another machine. */
  readonly pid?: number | undefined;
  /** Its network namespace, for a container that is to join it. */
  readonly network?: NetworkHandle | undefined;
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
  readonly engine: "runc" | "docker";
  /** Of the declaration it was started with; `undefined` when another tool started it. */
  readonly declared: Digest | undefined;
  readonly startedAt: string;
  readonly services: readonly ServiceState[];
}

/** Where a stack as a whole stands on its way up. `failed` names the service that keeps it from getting there. */
export type Progress =
  | { readonly kind: "waiting" }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly service: ServiceState };

const IN_VAIN = /^it depends on "/;

/** The failure of a service that another one kept from starting. */
export function waitedInVain(service: string, condition: ServiceDependency["condition"]): string {
  return `it depends on "${service}", which did not become ${condition}`;
}

/** Ready when every service is healthy, runs without having a check, or has done its work and exited with 0. */
export function progressOf(state: StackState): Progress {
  const failures = state.services.filter(
    (one) => one.status === "unhealthy" || (one.settled && (one.exitCode !== 0 || one.failure !== undefined)),
  );
  // What kept the others from starting, not the first that it kept.
  const failed = failures.find(({ failure = "" }) => !IN_VAIN.test(failure)) ?? failures[0];
  if (failed !== undefined) return { kind: "failed", service: failed };
  const ready = state.services.every(
    (one) => one.status === "healthy" || one.status === "running" || one.settled,
  );
  return { kind: ready ? "ready" : "waiting" };
}

/** Whether a dependency is as it should be; `undefined` while it may still become so. */
export function dependency(
  state: ServiceState,
  condition: ServiceDependency["condition"],
): "met" | "never" | undefined {
  const live = ["running", "healthy", "unhealthy"].includes(state.status) || state.pid !== undefined;
  switch (condition) {
    case "started":
      if (live || (state.settled && state.failure === undefined)) return "met";
      break;
    case "healthy":
      if (state.status === "healthy") return "met";
      if (state.status === "unhealthy") return "never";
      break;
    case "completed":
      if (state.settled && state.failure === undefined && state.exitCode === 0) return "met";
      break;
  }
  return state.settled ? "never" : undefined;
}
