/** Looks a name up where engines keep theirs: a container of that name, otherwise an image. */
import type { ContainerDetails, ImageDetails } from "../engine/docker/api-types.ts";
import type { DockerClient } from "../engine/docker/client.ts";
import { connectDocker } from "../engine/docker/connect.ts";
import { isFault } from "../engine/docker/engine-fault.ts";
import { Fault } from "../fault/fault.ts";
import type { Target } from "./target.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export type NamedTarget = Extract<Target, { readonly name: string }>;

export type Known =
  | { readonly kind: "container"; readonly details: ContainerDetails }
  | { readonly kind: "image"; readonly details: ImageDetails };

/**
 * @param what is meant, in words: `the image nginx:1.27`
 * @throws Fault `target/engine` where runc was asked for, `docker/...` of connecting, and `target/unknown` instead of that for
 *   a name that may be no more than a path with an error in it
 */
export async function engineFor(
  target: NamedTarget | undefined,
  what: string,
  { engine = "" }: Pick<ProjectOptions, "engine">,
  io: VerbIo,
): Promise<DockerClient> {
  const env = { ...io.env };
  if ((engine === "" ? env["SEAWORTHY_ENGINE"] : engine) === "runc") {
    throw new Fault({
      code: "target/engine",
      message: `expected a Docker Engine or Podman for ${what}, found that runc was asked for`,
      hint: "Leave out --engine and SEAWORTHY_ENGINE: images are had from an engine that has them.",
    });
  }
  try {
    return await connectDocker({ env, signal: io.signal });
  } catch (error) {
    if (target?.kind !== "name" || !(error instanceof Fault)) throw error;
    throw unknown(target, `no such path here, and no engine to ask (${error.message})`, error);
  }
}

/** `undefined` when the engine knows neither. Asks no registry. */
export async function lookUp(
  client: DockerClient,
  { kind, name }: NamedTarget,
  signal: AbortSignal,
): Promise<Known | undefined> {
  if (kind !== "image" && !/[/:@]/.test(name)) {
    const details = await orNothing(client.containers.inspect(name, signal));
    // Engines know containers by the first letters of their ids, too, which a short word may be.
    const isNamed = details?.Name.replace(/^\//, "") === name || /^[0-9a-f]{12,64}$/.test(name);
    if (details !== undefined && (isNamed || kind === "container")) return { kind: "container", details };
  }
  if (kind === "container") return undefined;
  const details = await orNothing(client.images.inspect(name, signal));
  return details === undefined ? undefined : { kind: "image", details };
}

/** @param found what was looked for and seen instead */
export function unknown({ kind, name }: NamedTarget, found: string, cause?: unknown): Fault {
  const expected =
    kind === "name"
      ? `a folder, a Compose file, a Dockerfile, a container or an image called ${name}`
      : `${kind === "image" ? "an image" : "a container"} called ${name}`;
  return new Fault({
    code: "target/unknown",
    message: `expected ${expected}, found ${found}`,
    hint: "See what there is: ls, docker ps --all, docker images. A path begins with ./, and image:NAME is pulled.",
    cause,
  });
}

async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  return await asked.catch((error: unknown) => {
    if (isFault(error, "docker/not-found")) return undefined;
    throw error;
  });
}
