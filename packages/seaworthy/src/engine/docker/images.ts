/** The Engine API's calls on images, as many as Seaworthy makes. */
import { Fault } from "../../fault/fault.ts";
import { type Api, type Filters, filterText, type Query } from "./api.ts";
import type { ImageDetails, ImageHistoryRow, ImageSummary } from "./api-types.ts";
import { refusal } from "./engine-fault.ts";
import { type ImageName, parseImageName } from "./image-name.ts";

/** One line of what the engine says while it pulls. */
export interface PullProgress {
  /** The layer's short id; `undefined` when it speaks of the whole. */
  readonly layer: string | undefined;
  /** `Downloading`, `Pull complete`. */
  readonly status: string;
  /** In bytes; `undefined` when it has no measure. */
  readonly current: number | undefined;
  readonly total: number | undefined;
}

export interface PullOptions {
  /** `linux/arm64`. */
  readonly platform?: string;
  readonly onProgress?: (progress: PullProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface ImageCalls {
  inspect(name: string, signal?: AbortSignal): Promise<ImageDetails>;
  list(options?: {
    readonly filters?: Filters;
    readonly signal?: AbortSignal | undefined;
  }): Promise<readonly ImageSummary[]>;
  history(name: string, signal?: AbortSignal): Promise<readonly ImageHistoryRow[]>;
  /** Credentials are those of `docker login`. */
  pull(name: string, options?: PullOptions): Promise<void>;
  /** Takes a tar as `docker save` or `writeDockerArchive` makes it. @returns the references and ids loaded, as the engine says them */
  load(tar: AsyncIterable<Uint8Array> | Uint8Array, signal?: AbortSignal): Promise<readonly string[]>;
  /** A tar as `docker save` makes it. */
  get(name: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  tag(name: string, target: string, signal?: AbortSignal): Promise<void>;
  remove(
    name: string,
    options?: {
      readonly force?: boolean;
      readonly noPrune?: boolean;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<void>;
  /** `POST /build`: what the builder says, one value per line. */
  build(
    tar: AsyncIterable<Uint8Array>,
    query: Query,
    options?: { readonly registryConfig?: string | undefined; readonly signal?: AbortSignal | undefined },
  ): AsyncGenerator;
}

/** The `X-Registry-Auth` header for an image's registry, if there are credentials. */
export type RegistryAuth = (image: ImageName) => Promise<string | undefined>;

export function imageCalls(api: Api, authFor: RegistryAuth): ImageCalls {
  // The name's slashes are part of the path; everything else of it is not.
  const path = (name: string, rest = ""): string =>
    `/images/${name.split("/").map(encodeURIComponent).join("/")}${rest}`;
  return {
    inspect: (name, signal) =>
      api.json({ method: "GET", path: path(name, "/json"), asked: `to look at image ${name}`, signal }),
    list: ({ filters, signal } = {}) =>
      api.json({
        method: "GET",
        path: "/images/json",
        asked: "the list of images",
        query: { filters: filterText(filters) },
        signal,
      }),
    history: (name, signal) =>
      api.json({
        method: "GET",
        path: path(name, "/history"),
        asked: `the history of image ${name}`,
        signal,
      }),
    pull: (name, options = {}) => pull(api, authFor, name, options),
    load: (tar, signal) => load(api, tar, signal),
    get: (name, signal) =>
      api.stream({ method: "GET", path: path(name, "/get"), asked: `to save image ${name}`, signal }),
    tag(name, target, signal) {
      const { repository, tag } = parseImageName(target);
      return api.send({
        method: "POST",
        path: path(name, "/tag"),
        asked: `image ${name} to be called ${target}`,
        query: { repo: repository, tag },
        signal,
      });
    },
    remove: (name, { force, noPrune, signal } = {}) =>
      api.send({
        method: "DELETE",
        path: path(name),
        asked: `to remove image ${name}`,
        query: { force, noprune: noPrune },
        signal,
      }),
    build: (tar, query, { registryConfig, signal } = {}) =>
      api.lines({
        method: "POST",
        path: "/build",
        asked: "to build an image",
        query,
        body: tar,
        signal,
        ...(registryConfig === undefined ? {} : { headers: { "X-Registry-Config": registryConfig } }),
      }),
  };
}

/** What every stream of progress may hold on a line. */
interface StreamLine {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly progressDetail?: { readonly current?: number; readonly total?: number } | null;
}

async function pull(
  api: Api,
  authFor: RegistryAuth,
  name: string,
  { platform, onProgress, signal }: PullOptions,
): Promise<void> {
  const image: ImageName = parseImageName(name);
  const auth = await authFor(image);
  const asked = `to pull ${name}`;
  const lines = api.lines({
    method: "POST",
    path: "/images/create",
    asked,
    query: { fromImage: image.repository, tag: image.digest ?? image.tag, platform },
    signal,
    ...(auth === undefined ? {} : { headers: { "X-Registry-Auth": auth } }),
  });
  for await (const value of lines) {
    const line = value as StreamLine;
    throwIfError(asked, line);
    onProgress?.({
      layer: line.id,
      status: line.status ?? "",
      current: line.progressDetail?.current,
      total: line.progressDetail?.total,
    });
  }
}

async function load(
  api: Api,
  tar: AsyncIterable<Uint8Array> | Uint8Array,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const asked = "to load an image";
  const loaded: string[] = [];
  for await (const value of api.lines({
    method: "POST",
    path: "/images/load",
    asked,
    query: { quiet: true },
    body: tar,
    signal,
  })) {
    const line = value as StreamLine;
    throwIfError(asked, line);
    for (const [, found] of (line.stream ?? "").matchAll(/^Loaded image(?: ID)?: (\S+)$/gm)) {
      if (found !== undefined) loaded.push(found);
    }
  }
  if (loaded.length === 0) {
    throw new Fault({
      code: "docker/nothing-loaded",
      message:
        "expected the engine to name the image it loaded, found none: the archive holds no image it knows",
      exit: 2,
    });
  }
  return loaded;
}

function throwIfError(asked: string, line: StreamLine): void {
  const message = line.errorDetail?.message ?? line.error;
  if (message !== undefined) throw refusal(asked, 500, message);
}
