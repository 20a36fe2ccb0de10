/** A Docker Engine (or Podman's imitation of one), connected and with its version agreed on. */
import { type Api, createApi, type Filters, filterText } from "./api.ts";
import type { EngineEvent, EngineInfo, EngineVersion } from "./api-types.ts";
import { type ContainerCalls, containerCalls } from "./containers.ts";
import type { DockerConfig } from "./docker-config.ts";
import type { DockerEndpoint } from "./endpoint.ts";
import { type ImageCalls, imageCalls } from "./images.ts";
import { type NetworkCalls, networkCalls, type VolumeCalls, volumeCalls } from "./networks.ts";
import { allRegistries, registryAuth } from "./registry-auth.ts";

/** Thin: one method is one call of the API, except where said. Everything throws Faults `docker/...` with exit code 2. */
export interface DockerClient extends Disposable {
  readonly endpoint: DockerEndpoint;
  /** Negotiated: `1.45`. */
  readonly apiVersion: string;
  readonly flavor: "docker" | "podman";
  version(signal?: AbortSignal): Promise<EngineVersion>;
  info(signal?: AbortSignal): Promise<EngineInfo>;
  /** Goes on until `until`, the signal, or the end of the engine. */
  events(options?: EventOptions): AsyncGenerator<EngineEvent>;
  readonly containers: ContainerCalls;
  readonly images: ImageCalls;
  readonly networks: NetworkCalls;
  readonly volumes: VolumeCalls;
  /** `X-Registry-Config` for a build: the credentials of every registry that `docker login` knows. */
  registryConfig(): Promise<string | undefined>;
}

export interface EventOptions {
  /** `{ type: ["container"], label: ["dev.seaworthy.project=myapp"] }`. */
  readonly filters?: Filters;
  /** Seconds since 1970, by the engine's clock. */
  readonly since?: number;
  readonly until?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ClientParts {
  readonly endpoint: DockerEndpoint;
  readonly apiVersion: string;
  readonly flavor: DockerClient["flavor"];
  readonly config: DockerConfig;
  /** For credential helpers, which are programs. */
  readonly env: NodeJS.ProcessEnv;
}

export function createDockerClient({ endpoint, apiVersion, flavor, config, env }: ClientParts): DockerClient {
  const api = createApi(endpoint, apiVersion);
  const info = (signal?: AbortSignal): Promise<EngineInfo> =>
    api.json({ method: "GET", path: "/info", asked: "what the engine is", signal });
  const defaultRegistry = async (): Promise<string | undefined> => (await info()).IndexServerAddress;
  return {
    endpoint,
    apiVersion,
    flavor,
    version: (signal) => api.json({ method: "GET", path: "/version", asked: "the engine's version", signal }),
    info,
    events: (options) => events(api, options ?? {}),
    containers: containerCalls(api),
    images: imageCalls(api, (image) => registryAuth({ config, env, defaultRegistry }, image)),
    networks: networkCalls(api),
    volumes: volumeCalls(api),
    registryConfig: () => allRegistries({ config, env, defaultRegistry }),
    [Symbol.dispose]: () => api[Symbol.dispose](),
  };
}

async function* events(
  api: Api,
  { filters, since, until, signal }: EventOptions,
): AsyncGenerator<EngineEvent> {
  const lines = api.lines({
    method: "GET",
    path: "/events",
    asked: "to hear what happens in the engine",
    query: { since, until, filters: filterText(filters) },
    signal,
  });
  for await (const line of lines) yield line as EngineEvent;
}
