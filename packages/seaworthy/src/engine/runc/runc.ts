/** The engine that needs nothing installed: runc, an overlay, and a mount namespace per container. */
import { randomBytes } from "node:crypto";
import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../fault/fault.ts";
import { resolveSeccomp } from "../../posture/seccomp/resolve.ts";
import { run } from "../../shell/run.ts";
import type { Container } from "../container.ts";
import type { Engine, Running, StartOptions } from "../engine.ts";
import { bundlePaths, writeBundle } from "./bundle.ts";
import { killCgroup } from "./cgroup.ts";
import { readFacts, readMachine } from "./facts.ts";
import { type UnpackLayer, unpackedLayers } from "./layers.ts";
import { mountScript } from "./mount-script.ts";
import { type Places, placesOf } from "./places.ts";
import { startRunner } from "./runner.ts";
import { type RunningParts, removeContainer, runningContainer } from "./running.ts";
import { toRuntimeSpec } from "./spec.ts";
import { startProblem } from "./start-problem.ts";

/** runc as unpacked from its package. */
export interface RuncBinary {
  readonly binary: string;
  /** A folder with `libseccomp.so.2`; empty when the machine's own will do. */
  readonly libraries: string;
}

export interface RuncOptions {
  readonly runc: RuncBinary;
  /** For what ends with the containers: `/run/seaworthy`. */
  readonly runRoot: string;
  /** For unpacked layers, which are kept. */
  readonly layerRoot: string;
  /** Containers of one project are cleaned up together. */
  readonly project: string;
  readonly unpack: UnpackLayer;
}

/** @throws Fault `engine/not-root` from `start` when not run by root */
export function createRuncEngine(options: RuncOptions): Engine {
  const env = runcEnvironment(options.runc);
  const active = new Set<string>();
  return {
    async facts() {
      const version = await run([options.runc.binary, "--version"], { env, timeout: 10_000 });
      return readFacts(Buffer.from(version.stdout).toString());
    },
    start: (container, startOptions) => startContainer(container, startOptions, options, { env, active }),
  };
}

function runcEnvironment(runc: RuncBinary): NodeJS.ProcessEnv {
  return runc.libraries === "" ? process.env : { ...process.env, LD_LIBRARY_PATH: runc.libraries };
}

/** @throws Fault `engine/not-root` */
export function requireRoot(): void {
  if (process.geteuid?.() === 0) return;
  throw new Fault({
    code: "engine/not-root",
    message: "expected to run as root, which containers of the built-in engine need, found an ordinary user",
    hint: "Run the command as root (sudo), or use a Docker Engine.",
    exit: 2,
  });
}

async function startContainer(
  container: Container,
  options: StartOptions,
  engine: RuncOptions,
  shared: Pick<RunningParts, "env" | "active">,
): Promise<Running> {
  requireRoot();
  options.signal?.throwIfAborted();
  const places = placesOf(engine.runRoot, engine.project);
  const id = `${container.name}-${randomBytes(4).toString("hex")}`;
  const layers = await unpackedLayers(container.image, engine.layerRoot, engine.unpack);
  const machine = await readMachine(container.hostDevices);
  const seccomp = container.seccomp === "default" ? defaultSeccomp(container) : undefined;
  await mkdir(places.containers, { recursive: true, mode: 0o700 });
  const bundle = join(await realpath(places.containers), id);
  const paths = bundlePaths(bundle, `${places.cgroup}/${id}`);
  const spec = toRuntimeSpec(container, options.network, paths, machine, seccomp);
  const runc = runcCommand(engine.runc, places, bundle);
  const parts = { id, bundle, runc, spec, ...shared };
  shared.active.add(id);
  try {
    await mkdir(bundle, { mode: 0o700 });
    await writeBundle(bundle, container, options, layers, spec);
    const runner = await startRunner(bundle, script(container, options, engine, parts, layers.length));
    const stop = (): void => void killCgroup(paths.cgroup).catch(() => undefined);
    options.signal?.addEventListener("abort", stop, { once: true });
    void runner.ended.then(() => options.signal?.removeEventListener("abort", stop));
    const pid = await runner.firstProcess();
    options.signal?.throwIfAborted();
    return runningContainer({ ...parts, pid, runner });
  } catch (error) {
    await killCgroup(paths.cgroup);
    const problem = options.signal?.aborted === true ? error : await startProblem(error, container, bundle);
    await removeContainer(parts);
    throw problem;
  }
}

function defaultSeccomp(container: Container): object {
  const { capabilities, image } = container;
  return resolveSeccomp({ capabilities, architecture: image.config.architecture });
}

/** runc with this project's state, and its messages in the bundle rather than among the container's. */
function runcCommand(
  runc: RuncBinary,
  places: Places,
  bundle: string,
): (...args: readonly string[]) => readonly string[] {
  return (...args) => [
    ...[runc.binary, "--root", places.runcState],
    ...["--log", join(bundle, "runc.log"), "--log-format", "json", ...args],
  ];
}

function script(
  container: Container,
  options: StartOptions,
  engine: RuncOptions,
  { id, bundle, runc }: Pick<RunningParts, "id" | "bundle" | "runc">,
  layers: number,
): string {
  return mountScript({
    bundle,
    layers,
    tmpfs: container.mounts.filter((mount) => mount.kind === "tmpfs"),
    volumes: container.mounts.filter((mount) => mount.kind === "volume"),
    plant: options.plant ?? [],
    libraries: engine.runc.libraries,
    command: runc("run", "--keep", "--bundle", bundle, "--pid-file", join(bundle, "pid"), id),
  });
}
