/** What runs containers here: a Docker Engine when one answers, runc otherwise, or the one the user names. */
import { join } from "node:path";
import type { ObtainOptions } from "../engine/debian-program.ts";
import type { DockerClient } from "../engine/docker/client.ts";
import { connectDocker, findDocker } from "../engine/docker/connect.ts";
import { createDockerEngine } from "../engine/docker/engine.ts";
import { obtainInit, obtainRunc } from "../engine/runc/obtain.ts";
import type { RuncBinary } from "../engine/runc/runc.ts";
import { Fault } from "../fault/fault.ts";
import { unpackLayer } from "../oci/unpack.ts";
import { createDockerRuntime } from "../stack/docker/runtime.ts";
import { createRuncRuntime, type RuncRuntimeOptions } from "../stack/runc/runtime.ts";
import type { StackRuntime } from "../stack/stack-runtime.ts";
import type { Project } from "./project.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export interface Host extends AsyncDisposable {
  readonly engine: "runc" | "docker";
  /** Of the Docker Engine, when it is one. */
  readonly docker: DockerClient | undefined;
  /** Where it is: an address and who named it, or a program. Gets runc when it is not there yet. */
  foundAt(): Promise<string>;
  /** Why it is not the other one. */
  readonly passedOver: { readonly engine: "runc" | "docker"; readonly reason: string };
  /** Gets runc, when it is not there yet, once something is to be started. */
  runtime(): Promise<StackRuntime>;
}

export interface HostPlace extends Pick<Project, "directories" | "store" | "sources"> {
  /** What single containers (doubles and twins) are kept under. */
  readonly name: string;
}

/**
 * @throws Fault `engine/unknown` for an engine nobody knows, and `docker/...` when the Docker Engine that was asked for
 * does not answer
 */
export async function openHost(
  place: HostPlace,
  { engine = "" }: Pick<ProjectOptions, "engine">,
  io: VerbIo,
): Promise<Host> {
  const { signal } = io;
  const env = { ...io.env };
  const chosen = engine === "" ? (env["SEAWORTHY_ENGINE"] ?? "") : engine;
  switch (chosen) {
    case "runc":
      return runcHost(place, io, "runc was asked for");
    case "docker":
      return dockerHost(place, await connectDocker({ env, signal }), "a Docker Engine was asked for");
    case "": {
      const { client, reason } = await findDocker({ env, signal });
      return client === undefined
        ? runcHost(place, io, reason.message)
        : dockerHost(place, client, "a Docker Engine answers");
    }
    default:
      throw new Fault({
        code: "engine/unknown",
        message: `expected the engine to be runc or docker, found "${chosen}"`,
        hint: "Leave it out: a Docker Engine is used when it answers, runc otherwise.",
      });
  }
}

function dockerHost({ name }: HostPlace, client: DockerClient, reason: string): Host {
  const engine = createDockerEngine({ client, project: name });
  const runtime = createDockerRuntime({ client, engine });
  return {
    engine: "docker",
    docker: client,
    foundAt: () =>
      Promise.resolve(`${client.endpoint.text} (${client.endpoint.source}), API ${client.apiVersion}`),
    passedOver: { engine: "runc", reason },
    runtime: () => Promise.resolve(runtime),
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      client[Symbol.dispose]();
    },
  };
}

function runcHost(place: HostPlace, io: VerbIo, reason: string): Host {
  let runc: Promise<RuncBinary> | undefined;
  let init: Promise<string> | undefined;
  let runtime: StackRuntime | undefined;
  const obtain = (): Promise<RuncBinary> => (runc ??= obtainRunc(programSource(place, io)));
  const first = (): Promise<string> => (init ??= obtainInit(programSource(place, io)));
  return {
    engine: "runc",
    docker: undefined,
    foundAt: async () => (await obtain()).binary,
    passedOver: { engine: "docker", reason },
    runtime: () => Promise.resolve((runtime ??= runcRuntime(place, { runc: obtain, init: first }))),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Where programs of Debian are got from and kept: the runtime, the tracer. */
export function programSource(
  { directories, store, sources }: Pick<HostPlace, "directories" | "store" | "sources">,
  { signal }: Pick<VerbIo, "signal">,
): ObtainOptions {
  return {
    directory: join(directories.cache, "engine"),
    store,
    archive: (suite) => sources.archive(suite),
    source: { store, mirrors: sources.mirrors, signal },
  };
}

function runcRuntime(
  { directories, store, name }: HostPlace,
  programs: Pick<RuncRuntimeOptions, "runc" | "init">,
): StackRuntime {
  return createRuncRuntime({
    ...programs,
    runRoot: directories.run,
    layerRoot: join(directories.cache, "layers"),
    volumeRoot: join(directories.state, "volumes"),
    engineProject: name,
    unpack: (layer, directory) => unpackLayer(store, layer, directory),
  });
}
