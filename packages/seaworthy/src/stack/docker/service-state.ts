/** What an engine says about a container, as the state of a service. Pure. */
import { isDigest } from "../../content/digest.ts";
import type { PublishedPort } from "../../engine/container.ts";
import type { ContainerDetails, HealthState } from "../../engine/docker/api-types.ts";
import { exitStatus } from "../../engine/docker/running.ts";
import type { HealthResult, ServiceState, ServiceStatus, StackState } from "../state.ts";
import { DECLARED, serviceNameOf } from "./labels.ts";

export interface Viewpoint {
  readonly flavor: "docker" | "podman";
  /** Whether the engine's process numbers are this machine's. */
  readonly local: boolean;
}

const OUTPUT = 4096;
const KEPT_RESULTS = 5;
/** Docker's words when a check took too long, and its exit code for that. */
const TOO_LATE = /^Health check exceeded timeout/;
const KILLED = -1;

/** `undefined` for a container that is not of a service. */
export function serviceState(details: ContainerDetails, view: Viewpoint): ServiceState | undefined {
  const name = serviceNameOf(details.Config.Labels ?? {});
  if (name === undefined) return undefined;
  const { State, Config } = details;
  const failure = failureOf(details);
  const running = isLive(State.Status);
  const status = failure === undefined ? statusOf(details) : "exited";
  const over = status === "exited" && State.Status !== "created";
  return {
    name,
    status,
    image: { reference: Config.Image, digest: withAlgorithm(details.Image) },
    ports: boundPorts(details),
    containerId: details.Id,
    ...(running && view.local && State.Pid > 0 ? { pid: State.Pid } : {}),
    ...(running ? { network: `container:${details.Id}` } : {}),
    ...(over ? exitOf(State.ExitCode) : {}),
    outOfMemory: State.OOMKilled,
    restarts: details.RestartCount ?? 0,
    ...timesOf(details, over),
    ...(failure === undefined ? {} : { failure }),
    settled: failure !== undefined || (over && !isComingBack(details, view)),
    health: healthOf(State.Health),
  };
}

/** Of all containers of one project; `undefined` when none of them runs or is about to. */
export function stackState(
  project: string,
  containers: readonly ContainerDetails[],
  view: Viewpoint,
): StackState | undefined {
  if (!containers.some(isUp)) return undefined;
  const services = containers.flatMap((one) => serviceState(one, view) ?? []);
  const declared = containers
    .map(({ Config }) => Config.Labels?.[DECLARED])
    .find((label) => label !== undefined && isDigest(label));
  return {
    project,
    engine: "docker",
    declared,
    startedAt: [...containers.map(({ Created }) => toUtc(Created))].sort()[0] ?? "",
    services: services.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

export function isUp({ State }: ContainerDetails): boolean {
  return isLive(State.Status) || State.Status === "restarting";
}

export function isLive(status: string): boolean {
  return status === "running" || status === "paused";
}

function statusOf({ State }: ContainerDetails): ServiceStatus {
  const health = State.Health?.Status;
  if (isLive(State.Status)) {
    if (health === "starting" || health === "healthy" || health === "unhealthy") return health;
    // Without a check: `none`, nothing at all, or Podman's empty word.
    return "running";
  }
  // Podman has words of its own for what is not started yet.
  return ["created", "configured", "initialized"].includes(State.Status) ? "created" : "exited";
}

/** One that the engine could not start stays created, or exited, with the reason. */
function failureOf({ State }: ContainerDetails): string | undefined {
  if (isLive(State.Status) || State.Status === "restarting" || !State.Error) return undefined;
  return State.Error;
}

/** Podman shows a container as exited until its policy starts it again; Docker calls that restarting. */
function isComingBack(details: ContainerDetails, { flavor }: Viewpoint): boolean {
  if (details.State.Status === "restarting") return true;
  if (flavor !== "podman") return false;
  const policy = details.HostConfig["RestartPolicy"] as
    | { readonly Name?: string; readonly MaximumRetryCount?: number }
    | undefined;
  if (policy?.Name === "always" || policy?.Name === "unless-stopped") return true;
  if (policy?.Name !== "on-failure" || details.State.ExitCode === 0) return false;
  const most = policy.MaximumRetryCount ?? 0;
  return most === 0 || (details.RestartCount ?? 0) < most;
}

function exitOf(code: number): Partial<ServiceState> {
  const exit = exitStatus(code);
  return exit.signal === undefined ? { exitCode: exit.code } : { signal: exit.signal };
}

function timesOf({ State }: ContainerDetails, over: boolean): Partial<ServiceState> {
  const [startedAt, finishedAt] = [timeOf(State.StartedAt), timeOf(State.FinishedAt)];
  return {
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(over && finishedAt !== undefined ? { finishedAt } : {}),
  };
}

/** The year 1 means never. */
function timeOf(time: string): string | undefined {
  return time === "" || time.startsWith("0001-01-01") ? undefined : toUtc(time);
}

/** Engines say fractions down to nanoseconds, Podman in its own time zone. */
function toUtc(time: string): string {
  const parsed = new Date(time);
  return Number.isNaN(parsed.getTime()) ? time : parsed.toISOString();
}

function healthOf(health: HealthState | null | undefined): readonly HealthResult[] {
  return (health?.Log ?? []).slice(-KEPT_RESULTS).map(({ Start, End, ExitCode, Output }) => {
    const timedOut = ExitCode === KILLED && TOO_LATE.test(Output);
    return {
      startedAt: toUtc(Start),
      finishedAt: toUtc(End),
      code: ExitCode === KILLED ? undefined : ExitCode,
      timedOut,
      output: Output.slice(0, OUTPUT),
    };
  });
}

/** As really bound; by port in the container, then by address. */
export function boundPorts({
  NetworkSettings,
}: Pick<ContainerDetails, "NetworkSettings">): readonly PublishedPort[] {
  return Object.entries(NetworkSettings.Ports ?? {})
    .flatMap(([port, bindings]) =>
      (bindings ?? []).map(({ HostIp, HostPort }): PublishedPort => {
        const [target = "", protocol] = port.split("/");
        return {
          address: HostIp === "" ? "0.0.0.0" : HostIp,
          published: Number(HostPort),
          target: Number(target),
          ...(protocol === "udp" ? { protocol } : {}),
        };
      }),
    )
    .toSorted((a, b) => a.target - b.target || a.address.localeCompare(b.address));
}

function withAlgorithm(id: string): string {
  return id.includes(":") ? id : `sha256:${id}`;
}
