/** The Engine API's calls on containers, as many as Seaworthy makes. */
import { type Api, type Filters, filterText } from "./api.ts";
import type { ContainerDetails, ContainerStats, ContainerSummary } from "./api-types.ts";
import { type Attached, attached } from "./attached.ts";
import type { CreateRequest } from "./create-request.ts";
import { type ExecRequest, type Execution, execute } from "./execution.ts";
import type { OutputFrame } from "./frames.ts";
import { readLogs } from "./read-logs.ts";
import { shortId } from "./short-id.ts";

export interface WaitResult {
  readonly code: number;
  /** What the engine says about an end that was none of the program's. */
  readonly error: string | undefined;
}

export interface LogOptions {
  /** Whether to go on with what is written from now on. */
  readonly follow?: boolean;
  /** Seconds since 1970, with a fraction if wanted. */
  readonly since?: number;
  readonly until?: number;
  /** The last so many lines; all when left out. */
  readonly tail?: number;
  /** Each line starts with its time, RFC 3339 with nanoseconds. */
  readonly timestamps?: boolean;
  /** Whether the container has a terminal: its output is not multiplexed then. */
  readonly tty?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface ContainerCalls {
  create(
    request: CreateRequest,
    options?: {
      readonly name?: string;
      readonly platform?: string;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<{ readonly id: string; readonly warnings: readonly string[] }>;
  /** Starting one that runs changes nothing. */
  start(id: string, signal?: AbortSignal): Promise<void>;
  /** Its stop signal, then SIGKILL. @param seconds the engine's own patience when left out */
  stop(
    id: string,
    options?: { readonly seconds?: number; readonly signal?: AbortSignal | undefined },
  ): Promise<void>;
  restart(
    id: string,
    options?: { readonly seconds?: number; readonly signal?: AbortSignal | undefined },
  ): Promise<void>;
  /** @param signalName `SIGTERM` */
  kill(id: string, signalName: string, signal?: AbortSignal): Promise<void>;
  /** @param until `not-running` when left out */
  wait(
    id: string,
    options?: {
      readonly until?: "not-running" | "next-exit" | "removed";
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<WaitResult>;
  inspect(id: string, signal?: AbortSignal): Promise<ContainerDetails>;
  /** @param options `all` counts those that do not run, too */
  list(options?: {
    readonly all?: boolean;
    readonly filters?: Filters;
    readonly signal?: AbortSignal | undefined;
  }): Promise<readonly ContainerSummary[]>;
  /** @param options `volumes` removes anonymous ones with it */
  remove(
    id: string,
    options?: {
      readonly force?: boolean;
      readonly volumes?: boolean;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<void>;
  rename(id: string, name: string, signal?: AbortSignal): Promise<void>;
  /** Output from now on; before `start` that is all of it. */
  attach(
    id: string,
    options?: { readonly stdin?: boolean; readonly tty?: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<Attached>;
  /** In the order written, in pieces as they arrive. With a terminal everything is `stdout`. */
  logs(id: string, options?: LogOptions): AsyncGenerator<OutputFrame>;
  /** One sample; the engine takes up to 2 s for it unless `oneShot`, which leaves `precpu_stats` empty. */
  stats(
    id: string,
    options?: { readonly oneShot?: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<ContainerStats>;
  /**
   * Rows as `ps` prints them, by the given titles.
   * @param psArguments `-ef` when left out; Podman wants names of fields, `pid,args`, for an image without `ps`
   */
  top(
    id: string,
    psArguments?: string,
    signal?: AbortSignal,
  ): Promise<{ readonly Titles: readonly string[]; readonly Processes: readonly (readonly string[])[] }>;
  /** What differs from the image in its own file system; mounts are not of it. */
  changes(id: string, signal?: AbortSignal): Promise<readonly PathChange[]>;
  /** A second process in it. Its confinement is the container's. */
  exec(id: string, request: ExecRequest, signal?: AbortSignal): Promise<Execution>;
  /** Unpacks a tar into an existing directory of it, owners and modes included. */
  putArchive(
    id: string,
    path: string,
    tar: Uint8Array | AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<void>;
  /** A tar of one path, whose entries start with the path's last name. */
  getArchive(id: string, path: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** @returns the new image's id */
  commit(
    id: string,
    options: {
      readonly repository?: string;
      readonly tag?: string;
      /** Dockerfile instructions: `LABEL a=b`. */
      readonly changes?: readonly string[];
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<string>;
}

export interface PathChange {
  readonly Path: string;
  /** 0 is changed, 1 added, 2 deleted. */
  readonly Kind: 0 | 1 | 2;
}

export function containerCalls(api: Api): ContainerCalls {
  const path = (id: string, rest = ""): string => `/containers/${encodeURIComponent(id)}${rest}`;
  return {
    async create(request, { name, platform, signal } = {}) {
      const created = await api.json<{ readonly Id: string; readonly Warnings?: readonly string[] | null }>({
        method: "POST",
        path: "/containers/create",
        asked: `to create a container of ${request.Image}`,
        // Engines before 1.41 do not know the platform.
        query: { name, platform },
        json: request,
        signal,
      });
      return { id: created.Id, warnings: created.Warnings ?? [] };
    },
    start: (id, signal) =>
      api.send({
        method: "POST",
        path: path(id, "/start"),
        asked: `container ${shortId(id)} to start`,
        also: [304],
        signal,
      }),
    stop: (id, { seconds, signal } = {}) =>
      api.send({
        method: "POST",
        path: path(id, "/stop"),
        asked: `container ${shortId(id)} to stop`,
        query: { t: seconds },
        also: [304],
        signal,
      }),
    restart: (id, { seconds, signal } = {}) =>
      api.send({
        method: "POST",
        path: path(id, "/restart"),
        asked: `container ${shortId(id)} to start again`,
        query: { t: seconds },
        signal,
      }),
    kill: (id, signalName, signal) =>
      api.send({
        method: "POST",
        path: path(id, "/kill"),
        asked: `to send ${signalName} to container ${shortId(id)}`,
        query: { signal: signalName },
        signal,
      }),
    async wait(id, { until, signal } = {}) {
      const result = await api.json<WaitAnswer>({
        method: "POST",
        path: path(id, "/wait"),
        asked: `to wait for container ${shortId(id)}`,
        query: { condition: until },
        // One that has ended has no next exit.
        repeatable: until !== "next-exit",
        signal,
      });
      return { code: result.StatusCode, error: result.Error?.Message };
    },
    inspect: (id, signal) =>
      api.json({
        method: "GET",
        path: path(id, "/json"),
        asked: `to look at container ${shortId(id)}`,
        signal,
      }),
    list: ({ all, filters, signal } = {}) =>
      api.json({
        method: "GET",
        path: "/containers/json",
        asked: "the list of containers",
        query: { all, filters: filterText(filters) },
        signal,
      }),
    remove: (id, { force, volumes, signal } = {}) =>
      api.send({
        method: "DELETE",
        path: path(id),
        asked: `to remove container ${shortId(id)}`,
        query: { force, v: volumes },
        signal,
      }),
    rename: (id, name, signal) =>
      api.send({
        method: "POST",
        path: path(id, "/rename"),
        asked: `container ${shortId(id)} to be called ${name}`,
        query: { name },
        signal,
      }),
    async attach(id, { stdin = false, tty = false, signal } = {}) {
      const socket = await api.hijack({
        method: "POST",
        path: path(id, "/attach"),
        asked: `to attach to container ${shortId(id)}`,
        query: { stream: true, stdin, stdout: true, stderr: true },
        signal,
      });
      return attached(socket, tty);
    },
    logs: (id, options = {}) => readLogs(api, id, options),
    stats: (id, { oneShot = false, signal } = {}) =>
      api.json({
        method: "GET",
        path: path(id, "/stats"),
        asked: `what container ${shortId(id)} uses`,
        query: { stream: false, "one-shot": oneShot || undefined },
        signal,
      }),
    top: (id, psArguments, signal) =>
      api.json({
        method: "GET",
        path: path(id, "/top"),
        asked: `the processes of container ${shortId(id)}`,
        query: { ps_args: psArguments },
        signal,
      }),
    async changes(id, signal) {
      const asked = `what changed in container ${shortId(id)}`;
      return (
        (await api.json<readonly PathChange[] | null>({
          method: "GET",
          path: path(id, "/changes"),
          asked,
          signal,
        })) ?? []
      );
    },
    exec: (id, request, signal) => execute(api, id, request, signal),
    putArchive: (id, target, tar, signal) =>
      api.send({
        method: "PUT",
        path: path(id, "/archive"),
        asked: `to put files into ${target} of container ${shortId(id)}`,
        query: { path: target },
        body: tar,
        signal,
      }),
    getArchive: (id, target, signal) =>
      api.stream({
        method: "GET",
        path: path(id, "/archive"),
        asked: `to take ${target} out of container ${shortId(id)}`,
        query: { path: target },
        signal,
      }),
    async commit(id, { repository, tag, changes, signal }) {
      const made = await api.json<{ readonly Id: string }>({
        method: "POST",
        path: "/commit",
        asked: `an image of container ${shortId(id)}`,
        query: { container: id, repo: repository, tag, pause: false, changes: changes?.join("\n") },
        json: {},
        signal,
      });
      // Podman leaves out the algorithm, and then takes what it gave for a name.
      return made.Id.startsWith("sha256:") ? made.Id : `sha256:${made.Id}`;
    },
  };
}

interface WaitAnswer {
  readonly StatusCode: number;
  readonly Error?: { readonly Message?: string } | null;
}
