/** The Engine API's calls on networks and volumes, as many as Seaworthy makes. */
import { type Api, type Filters, filterText } from "./api.ts";
import type {
  EndpointSettings,
  NetworkCreate,
  NetworkDetails,
  VolumeCreate,
  VolumeDetails,
} from "./api-types.ts";

export interface NetworkCalls {
  create(
    request: NetworkCreate,
    signal?: AbortSignal,
  ): Promise<{ readonly id: string; readonly warning: string | undefined }>;
  inspect(id: string, signal?: AbortSignal): Promise<NetworkDetails>;
  list(options?: {
    readonly filters?: Filters;
    readonly signal?: AbortSignal | undefined;
  }): Promise<readonly NetworkDetails[]>;
  remove(id: string, signal?: AbortSignal): Promise<void>;
  connect(id: string, container: string, settings?: EndpointSettings, signal?: AbortSignal): Promise<void>;
  disconnect(
    id: string,
    container: string,
    options?: { readonly force?: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<void>;
}

export interface VolumeCalls {
  /** Gives the one of that name when there is one. */
  create(request: VolumeCreate, signal?: AbortSignal): Promise<VolumeDetails>;
  inspect(name: string, signal?: AbortSignal): Promise<VolumeDetails>;
  list(options?: {
    readonly filters?: Filters;
    readonly signal?: AbortSignal | undefined;
  }): Promise<readonly VolumeDetails[]>;
  remove(
    name: string,
    options?: { readonly force?: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<void>;
}

export function networkCalls(api: Api): NetworkCalls {
  const path = (id: string, rest = ""): string => `/networks/${encodeURIComponent(id)}${rest}`;
  return {
    async create(request, signal) {
      const made = await api.json<{ readonly Id: string; readonly Warning?: string }>({
        method: "POST",
        path: "/networks/create",
        asked: `to create network ${request.Name}`,
        json: request,
        signal,
      });
      return { id: made.Id, warning: made.Warning === "" ? undefined : made.Warning };
    },
    inspect: (id, signal) =>
      api.json({ method: "GET", path: path(id), asked: `to look at network ${id}`, signal }),
    list: ({ filters, signal } = {}) =>
      api.json({
        method: "GET",
        path: "/networks",
        asked: "the list of networks",
        query: { filters: filterText(filters) },
        signal,
      }),
    remove: (id, signal) =>
      api.send({ method: "DELETE", path: path(id), asked: `to remove network ${id}`, signal }),
    connect: (id, container, settings, signal) =>
      api.send({
        method: "POST",
        path: path(id, "/connect"),
        asked: `container ${container} to join network ${id}`,
        json: { Container: container, EndpointConfig: settings ?? {} },
        signal,
      }),
    disconnect: (id, container, { force = false, signal } = {}) =>
      api.send({
        method: "POST",
        path: path(id, "/disconnect"),
        asked: `container ${container} to leave network ${id}`,
        json: { Container: container, Force: force },
        signal,
      }),
  };
}

export function volumeCalls(api: Api): VolumeCalls {
  const path = (name: string): string => `/volumes/${encodeURIComponent(name)}`;
  return {
    create: (request, signal) =>
      api.json({
        method: "POST",
        path: "/volumes/create",
        asked: `to create volume ${request.Name ?? "without a name"}`,
        json: request,
        signal,
      }),
    inspect: (name, signal) =>
      api.json({ method: "GET", path: path(name), asked: `to look at volume ${name}`, signal }),
    async list({ filters, signal } = {}) {
      const { Volumes } = await api.json<{ readonly Volumes?: readonly VolumeDetails[] | null }>({
        method: "GET",
        path: "/volumes",
        asked: "the list of volumes",
        query: { filters: filterText(filters) },
        signal,
      });
      return Volumes ?? [];
    },
    remove: (name, { force, signal } = {}) =>
      api.send({
        method: "DELETE",
        path: path(name),
        asked: `to remove volume ${name}`,
        query: { force },
        signal,
      }),
  };
}
