/** Reads the `config` object that image configurations and Docker's Engine API have in common. */
import type { ImageConfig, ImageHealthCheck } from "./image.ts";

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md and Docker's `Healthcheck`. */
export interface ContainerConfig {
  readonly User?: string;
  readonly Env?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  readonly Volumes?: Readonly<Record<string, unknown>> | null;
  readonly StopSignal?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  /** Durations in nanoseconds. */
  readonly Healthcheck?: {
    readonly Test?: readonly string[] | null;
    readonly Interval?: number;
    readonly Timeout?: number;
    readonly StartPeriod?: number;
    readonly StartInterval?: number;
    readonly Retries?: number;
  } | null;
}

const NANOSECONDS = 1_000_000;

export function parseContainerConfig(
  config: ContainerConfig,
  about: { readonly architecture: string; readonly created: string },
): ImageConfig {
  return {
    architecture: about.architecture === "arm64" ? "arm64" : "amd64",
    created: about.created,
    user: config.User ?? "",
    env: (config.Env ?? []).map(pair),
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    workingDirectory: config.WorkingDir || "/",
    exposedPorts: Object.keys(config.ExposedPorts ?? {}),
    volumes: Object.keys(config.Volumes ?? {}),
    stopSignal: config.StopSignal ?? "",
    labels: Object.entries(config.Labels ?? {}),
    healthCheck: healthCheckOf(config.Healthcheck ?? {}),
  };
}

function pair(text: string): readonly [string, string] {
  const equals = text.indexOf("=");
  return equals === -1 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}

function healthCheckOf(check: NonNullable<ContainerConfig["Healthcheck"]>): ImageHealthCheck | undefined {
  const [form, ...words] = check.Test ?? [];
  const argv = form === "CMD-SHELL" ? ["/bin/sh", "-c", ...words] : form === "CMD" ? words : [];
  if (argv.length === 0) return undefined;
  const milliseconds = (nanoseconds = 0): number => nanoseconds / NANOSECONDS;
  return {
    argv,
    interval: milliseconds(check.Interval),
    timeout: milliseconds(check.Timeout),
    startPeriod: milliseconds(check.StartPeriod),
    startInterval: milliseconds(check.StartInterval),
    retries: check.Retries ?? 0,
  };
}
