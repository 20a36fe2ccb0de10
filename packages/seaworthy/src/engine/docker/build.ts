/** Builds an image from a Dockerfile with the engine's own builder: BuildKit where there is one, the classic builder elsewhere. */
import { Fault } from "../../fault/fault.ts";
import type { Query } from "./api.ts";
import { type BuildContext, openBuildContext } from "./build-context.ts";
import { type BuildWatch, watchBuildKit, watchClassic } from "./build-watch.ts";
import type { DockerClient } from "./client.ts";
import { badAnswer, isFault, refusal } from "./engine-fault.ts";

export interface DockerBuild {
  /** A folder, absolute. */
  readonly context: string;
  /** Relative to the context, or absolute; `Dockerfile` when left out. */
  readonly dockerfile?: string | undefined;
  /** The name of what is built: `myapp:prod`. */
  readonly tag: string;
  /** An argument without a value is not given. */
  readonly args?: ReadonlyMap<string, string | undefined>;
  readonly target?: string | undefined;
  /** `linux/arm64`. */
  readonly platform?: string | undefined;
  readonly labels?: ReadonlyMap<string, string>;
  /** Of the steps: `host`, `none`; the engine's own when left out. */
  readonly network?: string | undefined;
  readonly noCache?: boolean;
  /** Whether to ask the registry for a newer base even when there is one. */
  readonly pull?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface DockerBuilt {
  /** The image's id. */
  readonly id: string;
  readonly builder: "BuildKit" | "classic";
}

/**
 * Bases are pulled by the engine; BuildKit, which is called without a session here, knows no credentials for them:
 * pull private ones first.
 * @param onProgress is told each step as it starts, and every line a step prints
 * @throws Fault `docker/build` with the Dockerfile's line where the builder names it, `docker/no-dockerfile`, `docker/no-context`
 */
export async function buildWithDocker(
  client: DockerClient,
  build: DockerBuild,
  onProgress: (line: string) => void = () => undefined,
): Promise<DockerBuilt> {
  const builder = client.flavor === "docker" ? "BuildKit" : "classic";
  const context = await openBuildContext(build.context, build.dockerfile);
  const watch = builder === "BuildKit" ? watchBuildKit(onProgress) : watchClassic(onProgress);
  try {
    const lines = client.images.build(context.tar, queryOf(build, context, builder), {
      registryConfig: await client.registryConfig(),
      signal: build.signal,
    });
    for await (const line of lines) watch.line(line);
  } catch (error) {
    build.signal?.throwIfAborted();
    if (error instanceof RangeError) throw badAnswer(`to build ${build.tag}`, error.message);
    throw isFault(error, "docker/failed", "docker/refused")
      ? buildFault(build, context, watch, error.message)
      : error;
  }
  if (watch.error() !== undefined) throw buildFault(build, context, watch, watch.error() ?? "");
  const { Id } = await client.images.inspect(build.tag, build.signal);
  return { id: Id, builder };
}

function queryOf(build: DockerBuild, context: BuildContext, builder: DockerBuilt["builder"]): Query {
  const given = [...(build.args ?? [])].filter(([, value]) => value !== undefined);
  return {
    version: builder === "BuildKit" ? 2 : 1,
    dockerfile: context.dockerfile,
    t: build.tag,
    buildargs: JSON.stringify(Object.fromEntries(given)),
    labels: JSON.stringify(Object.fromEntries(build.labels ?? [])),
    target: build.target,
    platform: build.platform,
    networkmode: build.network,
    nocache: build.noCache,
    pull: build.pull,
    rm: true,
    forcerm: true,
  };
}

function buildFault(build: DockerBuild, context: BuildContext, watch: BuildWatch, said: string): Fault {
  const step = watch.failedStep();
  const asked = step === undefined ? `to build ${build.tag}` : `to build ${build.tag}, step "${step}"`;
  const known = refusal(asked, 500, said);
  const line = /parse error (?:on )?line (\d+)|Dockerfile:(\d+)/i.exec(said);
  const number = line?.[1] ?? line?.[2];
  const output = watch.lastOutput();
  return new Fault({
    code: known.code === "docker/failed" ? "docker/build" : known.code,
    message: known.message.replace("but the engine says", "but the builder says"),
    place: { file: context.file, ...(number === undefined ? {} : { line: Number(number) }) },
    hint: output === "" ? known.hint : `It printed last:\n${output}`,
    exit: 2,
  });
}
