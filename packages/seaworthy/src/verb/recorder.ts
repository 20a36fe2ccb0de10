/** Runs a copy of the project's stack at work, under profiles, and records which system calls its services make. */
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { obtainProgram } from "../engine/debian-program.ts";
import type { StackService } from "../engine/stack-service.ts";
import { Fault } from "../fault/fault.ts";
import { type Calls, readCalls } from "../learn/calls.ts";
import { type Exercised, exercise, isWorking } from "../learn/exercise.ts";
import { logOf, STRACE, traced } from "../learn/tracer.ts";
import { freeLoopbackPort } from "../net/free-port.ts";
import { type SeccompProfile, withProfile } from "../posture/seccomp/profile.ts";
import type { StackRuntime } from "../stack/stack-runtime.ts";
import type { StackSpec } from "../stack/stack-spec.ts";
import { build } from "./build.ts";
import { programSource } from "./host.ts";
import type { Project } from "./project.ts";
import { onlyProof } from "./prove.ts";
import { proofFolder, removeProof, stackSpec } from "./running-stack.ts";
import type { UpOptions } from "./up.ts";
import type { VerbIo } from "./verb.ts";

export interface RecordOptions extends UpOptions {
  /** All when left out. */
  readonly services?: readonly string[] | undefined;
  /** For a shell on this machine, beside waiting for health; `SEAWORTHY_APP_8000` and its like say where the copy listens. */
  readonly exercise?: string | undefined;
}

export interface Recorder {
  readonly project: Project;
  /** Of the services that were asked for. */
  readonly names: readonly string[];
  readonly services: readonly StackService[];
  readonly runtime: StackRuntime;
  /** Runs the whole stack, the services under these profiles. */
  use(profiles: ReadonlyMap<string, SeccompProfile>): Promise<Exercised>;
  /**
   * The same, each call of these services written down.
   * @throws Fault `learn/nothing-seen` for a service that works and of which nothing was recorded
   */
  record(profiles: ReadonlyMap<string, SeccompProfile>): Promise<Recorded>;
}

export interface Recorded {
  /** By service. */
  readonly calls: ReadonlyMap<string, Calls>;
  readonly exercised: Exercised;
}

/** @throws Fault `learn/elsewhere`, `stack/unknown-service`, and those of building and of the engine */
export async function withRecorder<T>(
  options: RecordOptions,
  io: VerbIo,
  work: (recorder: Recorder) => Promise<T>,
): Promise<T> {
  const built = await build(options, io);
  const { project } = built;
  await using host = project.host;
  const spec = await stackSpec(built, project.directories.state);
  const names = namesOf(spec, options.services);
  const runtime = await host.runtime();
  if (!(await runtime.engine.facts()).local) {
    throw new Fault({
      code: "learn/elsewhere",
      message: "expected an engine on this machine, found one on another, where nothing can be recorded",
      hint: "Learn with the built-in engine: --engine runc",
      exit: 2,
    });
  }
  await using _ = await onlyProof(project);
  const folder = proofFolder(project);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const tracer = await obtainProgram(STRACE, programSource(project, io));
    const how = { runtime, folder: join(folder, "volumes"), freePort: freeLoopbackPort, signal: io.signal };
    const useAs = (change: (service: StackService) => StackService): Promise<Exercised> =>
      exercise(spec, { ...how, change, command: options.exercise, env: io.env });
    return await work({
      ...{ project, names, runtime },
      services: spec.services.filter(({ container }) => names.includes(container.name)),
      use: (profiles) => useAs((service) => under(service, profiles)),
      async record(profiles) {
        const logs = await mkdtemp(join(folder, "log-"));
        await chmod(logs, 0o711);
        for (const name of names) await openFolder(join(logs, name));
        const exercised = await useAs((service) => {
          const profile = profiles.get(service.container.name);
          if (profile === undefined) return service;
          return traced(service, { tracer, profile, folder: join(logs, service.container.name) });
        });
        const calls = new Map<string, Calls>();
        for (const name of names) calls.set(name, await readCalls(logOf({ folder: join(logs, name) })));
        await rm(logs, { recursive: true, force: true });
        if (isWorking(exercised)) requireSeen(calls);
        return { calls, exercised };
      },
    });
  } finally {
    await removeProof(project, runtime);
  }
}

/** For whatever user the service is; the folder above is root's. */
async function openFolder(path: string): Promise<void> {
  await mkdir(path);
  await chmod(path, 0o777);
}

function under(service: StackService, profiles: ReadonlyMap<string, SeccompProfile>): StackService {
  const profile = profiles.get(service.container.name);
  return profile === undefined ? service : { ...service, container: withProfile(service.container, profile) };
}

function namesOf({ services }: StackSpec, asked: readonly string[] | undefined): readonly string[] {
  const all = services.map(({ container }) => container.name);
  const unknown = (asked ?? []).find((name) => !all.includes(name));
  if (unknown === undefined) return asked ?? all;
  throw new Fault({
    code: "stack/unknown-service",
    message: `expected a service of this stack (${all.join(", ")}), found "${unknown}"`,
  });
}

/** A recording with nothing in it would allow nothing. */
function requireSeen(calls: ReadonlyMap<string, Calls>): void {
  const [silent] = [...calls].filter(([, seen]) => seen.size === 0);
  if (silent === undefined) return;
  throw new Fault({
    code: "learn/nothing-seen",
    message: `expected system calls of ${silent[0]}, found none in its record`,
    hint: "A service must be started to be learned from, and its engine must let it be traced.",
    exit: 2,
  });
}
