/** The image configuration as the OCI image specification writes it (config.md), always with the same bytes. */
import type { ImageConfig, ImageHealthCheck, Layer } from "./image.ts";

const NANOSECONDS = 1_000_000;

/**
 * Keys in a fixed order and no white space. One history row a layer: tools count them.
 * `config.Healthcheck` is Docker's: the specification lets others ignore it, and Docker reads it from OCI images too.
 */
export function configBytes(config: ImageConfig, layers: readonly Layer[]): Uint8Array {
  const document = {
    architecture: config.architecture,
    os: "linux",
    created: config.created,
    config: {
      User: config.user,
      ...(config.exposedPorts.length === 0 ? {} : { ExposedPorts: keys(config.exposedPorts) }),
      Env: config.env.map(([name, value]) => `${name}=${value}`),
      ...(config.entrypoint.length === 0 ? {} : { Entrypoint: config.entrypoint }),
      Cmd: config.command,
      ...(config.volumes.length === 0 ? {} : { Volumes: keys(config.volumes) }),
      WorkingDir: config.workingDirectory,
      Labels: Object.fromEntries(config.labels),
      StopSignal: config.stopSignal,
      ...(config.healthCheck === undefined ? {} : { Healthcheck: healthCheck(config.healthCheck) }),
    },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map((layer) => ({
      created: config.created,
      created_by: layer.createdBy,
      comment: layer.name,
    })),
  };
  return Buffer.from(JSON.stringify(document));
}

function keys(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.toSorted().map((name) => [name, {}]));
}

/** Docker's health check, exec form: `CMD` and the words, durations in nanoseconds. */
function healthCheck(check: ImageHealthCheck): object {
  return {
    Test: ["CMD", ...check.argv],
    Interval: check.interval * NANOSECONDS,
    Timeout: check.timeout * NANOSECONDS,
    StartPeriod: check.startPeriod * NANOSECONDS,
    StartInterval: check.startInterval * NANOSECONDS,
    Retries: check.retries,
  };
}
