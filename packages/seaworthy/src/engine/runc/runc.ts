/** The engine that needs nothing installed: runc, an overlay, and a mount namespace per container. */
import { randomBytes } from "node:crypto";
import { mkdir, realpath } from "node:fs/promises";
import { release } from "node:os";
import { join } from "node:path";
import { Fault } from "../../fault/fault.ts";
import { ownProfile, resolveProfile } from "../../posture/seccomp/profile.ts";
import { resolveSeccomp } from "../../posture/seccomp/resolve.ts";
import { run } from "../../shell/run.ts";
import type { Container } from "../container.ts";
import type { Engine, Running, StartOptions } from "../engine.ts";
import { bundlePaths, writeBundle } from "./bundle.ts";
import { readFacts, readMachine } from "./facts.ts";
import { type UnpackLayer, unpackedLayers } from "./layers.ts";
import { membersOf } from "./members.ts";
import { mountScript } from "./mount-script.ts";
import { type Places, placesOf } from "./places.ts";
import { enterMounts, isRootless } from "./rootless.ts";
import { rootlessSpec } from "./rootless-spec.ts";
import { type Runner, startRunner } from "./runner.ts";
import { type RunningParts, removeContainer, runningContainer } from "./running.ts";
import { toRuntimeSpec } from "./spec.ts";
import { scratchFolders } from "./spec-mounts.ts";
import { isGroupGone, startProblem } from "./start-problem.ts";
import { unsupportedByRunc } from "./unsupported.ts";

/** runc as unpacked from its package; without root crun, which alone can leave root unmapped. */
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
  /** The program for `init: true`, on the host, absolute. Got when the first container asks for it. */
  init(): Promise<string>;
  /** Containers of one project are cleaned up together. */
  readonly project: string;
  readonly unpack: UnpackLayer;
}

/** Run by an ordinary user, its containers live in a user namespace with one id. */
export function createRuncEngine(options: RuncOptions): Engine {
  const env = runcEnvironment(options.runc);
  const active = new Set<string>();
  return {
    async facts() {
      const version = await run([options.runc.binary, "--version"], { env, timeout: 10_000 });
      return await readFacts(Buffer.from(version.stdout).toString(), options.layerRoot);
    },
    start: (container, startOptions) =>
      untilInGroup(() => startContainer(container, startOptions, options, { env, active })),
  };
}

function runcEnvironment(runc: RuncBinary): NodeJS.ProcessEnv {
  return runc.libraries === "" ? process.env : { ...process.env, LD_LIBRARY_PATH: runc.libraries };
}

const MOST_STARTS = 20;

/** Another process may remove a group that is empty still, after runc has made it and before there is one below it. */
async function untilInGroup(start: () => Promise<Running>): Promise<Running> {
  for (let left = MOST_STARTS; ; left -= 1) {
    try {
      return await start();
    } catch (error) {
      if (left === 1 || !isGroupGone(error)) throw error;
    }
  }
}

async function startContainer(
  container: Container,
  options: StartOptions,
  engine: RuncOptions,
  shared: Pick<RunningParts, "env" | "active">,
): Promise<Running> {
  options.signal?.throwIfAborted();
  const places = placesOf(engine.runRoot, engine.project);
  const id = `${container.name}-${randomBytes(4).toString("hex")}`;
  requireLayers(container);
  requireSupported(container);
  const layers = await unpackedLayers(container.image, engine.layerRoot, engine.unpack);
  const machine = await readMachine(container.hostDevices);
  const seccomp = seccompOf(container);
  await mkdir(places.containers, { recursive: true, mode: 0o700 });
  const bundle = join(await realpath(places.containers), id);
  const init = container.extras?.init === true ? { init: await engine.init() } : {};
  const paths = { ...bundlePaths(bundle, `${places.cgroup}/${id}`), ...init };
  const declared = toRuntimeSpec(container, options.network, paths, machine, seccomp);
  const spec = isRootless() ? rootlessSpec(declared) : declared;
  const members = membersOf(bundle, paths.cgroup);
  const runc = runcCommand(engine.runc, places, bundle);
  const state = join(places.runcState, id);
  const parts = { id, bundle, runc, spec, state, cgroup: paths.cgroup, ...shared };
  let runner: Runner | undefined;
  shared.active.add(id);
  try {
    await mkdir(bundle, { mode: 0o700 });
    await writeBundle(bundle, container, options, layers, spec);
    runner = await startRunner(
      bundle,
      enterMounts(options.network),
      script(container, options, engine, parts, layers.length),
    );
    const stop = (): void => void members.kill().catch(() => undefined);
    options.signal?.addEventListener("abort", stop, { once: true });
    void runner.ended.then(() => options.signal?.removeEventListener("abort", stop));
    const pid = await runner.firstProcess();
    options.signal?.throwIfAborted();
    return runningContainer({ ...parts, pid, runner });
  } catch (error) {
    runner?.end();
    await members.kill();
    const aborted = options.signal?.aborted === true;
    const problem = aborted ? options.signal?.reason : await startProblem(error, container, bundle);
    await removeContainer(parts);
    throw problem;
  }
}

function requireLayers({ name, image }: Container): void {
  if (image.layers.length > 0) return;
  throw new Fault({
    code: "engine/no-layers",
    message: `expected the layers of ${image.reference}, which ${name} starts from, found none in our own store`,
    hint: "Only the Docker Engine that built or pulled it has the image: use that engine.",
    exit: 2,
  });
}

function requireSupported(container: Container): void {
  const [first] = unsupportedByRunc(container);
  if (first !== undefined) {
    throw new Fault({
      code: "engine/unsupported",
      message: `expected "${container.name}" to ask for what the built-in engine can give, found ${first.key}: ${first.what}`,
      hint: first.hint,
    });
  }
  if (!isRootless() || container.pid === "private") return;
  throw new Fault({
    code: "engine/unsupported",
    message: `expected "${container.name}" to have process numbers of its own, which without root it must, found pid: host`,
    hint: "Remove it, or run the command as root.",
    exit: 2,
  });
}

/** Its own profile, or Seaworthy's default. */
function seccompOf(container: Container): object | undefined {
  const { seccomp, capabilities, image } = container;
  const subject = { capabilities, architecture: image.config.architecture };
  if (seccomp === "unconfined") return undefined;
  const profile = ownProfile(container);
  return profile === undefined
    ? resolveSeccomp(subject)
    : resolveProfile(profile, { ...subject, kernel: release() });
}

/** runc with this project's state, and its messages in the bundle rather than among the container's. */
function runcCommand(
  runc: RuncBinary,
  places: Places,
  bundle: string,
): (...args: readonly string[]) => readonly string[] {
  return (...args) => [
    ...[runc.binary, "--root", places.runcState, ...(isRootless() ? ["--cgroup-manager", "disabled"] : [])],
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
    volumes: [
      ...container.mounts.filter((mount) => mount.kind === "volume"),
      ...scratchFolders(container.mounts, bundle),
    ],
    plant: options.plant ?? [],
    libraries: engine.runc.libraries,
    rootless: isRootless(),
    command: runc(
      "run",
      ...(isRootless() ? [] : ["--keep"]),
      "--bundle",
      bundle,
      "--pid-file",
      join(bundle, "pid"),
      id,
    ),
  });
}
