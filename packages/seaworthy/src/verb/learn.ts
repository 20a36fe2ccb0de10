/** `learn`: finds out which system calls each service makes, and writes a seccomp profile that allows no others. */
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { exitCodeOf, type Finding } from "@seaworthy/evidence";
import { obtainProgram } from "../engine/debian-program.ts";
import type { StackService } from "../engine/stack-service.ts";
import { type ExitCode, Fault } from "../fault/fault.ts";
import { type Calls, readCalls, union } from "../learn/calls.ts";
import { type Exercised, exercise } from "../learn/exercise.ts";
import { logOf, STRACE, traced } from "../learn/tracer.ts";
import { freeLoopbackPort } from "../net/free-port.ts";
import { postureProfile } from "../posture/controls/only-needed-calls.ts";
import { allowedNames, learnedProfile } from "../posture/seccomp/learned.ts";
import { allowing, allowsCall, profileOf } from "../posture/seccomp/portable.ts";
import { ownProfile, parseProfile, type SeccompProfile, withProfile } from "../posture/seccomp/profile.ts";
import { proveContainer } from "../probe/prove-container.ts";
import { inPhase } from "../progress/progress.ts";
import { readTextFile } from "../recipe/text-file.ts";
import { writeWhole } from "../report/write.ts";
import type { StackRuntime } from "../stack/stack-runtime.ts";
import type { StackSpec } from "../stack/stack-spec.ts";
import { build } from "./build.ts";
import { programSource } from "./host.ts";
import type { Project } from "./project.ts";
import { onlyProof } from "./prove.ts";
import { proofFolder, removeProof, stackSpec } from "./running-stack.ts";
import type { UpOptions } from "./up.ts";
import type { VerbIo } from "./verb.ts";

export interface LearnOptions extends UpOptions {
  /** All when left out. */
  readonly services?: readonly string[] | undefined;
  /** For a shell on this machine, beside waiting for health; `SEAWORTHY_APP_8000` and its like say where the copy listens. */
  readonly exercise?: string | undefined;
  /** Whether earlier runs count: what they saw, and this one did not, stays allowed. They do unless said otherwise. */
  readonly fresh?: boolean;
  /** Whether profiles are written. */
  readonly write?: boolean;
}

export interface LearnedService {
  readonly service: string;
  readonly calls: Calls;
  /** What it tried, and its posture refuses as before. */
  readonly refused: readonly string[];
  readonly profile: SeccompProfile;
  /** How many calls the profile allows, and how many that of the posture does. */
  readonly allowed: number;
  readonly of: number;
  /** From the project's folder. */
  readonly file: string;
  /** Whether the Compose file names a profile that says the same. */
  readonly isInUse: boolean;
  /** Of all attacks on the service's container under the profile. */
  readonly findings: readonly Finding[];
}

export interface Learned {
  readonly services: readonly LearnedService[];
  /** Absolute. */
  readonly written: readonly string[];
  readonly exitCode: 0 | ExitCode;
}

/** Calls that a service made and its own profile refuses, by service, with how often. */
export interface Missing {
  readonly services: ReadonlyMap<string, Calls>;
  /** What went wrong meanwhile. */
  readonly exercised: Exercised;
  readonly exitCode: 0 | ExitCode;
}

const FOLDER = "seccomp";
const MOST_BYTES = 1024 * 1024;
/** A service that does another thing each time is started again as often as this. */
const ROUNDS = 3;
const CONCURRENCY = 4;

/**
 * Records the services at work, cuts the posture's profile down to what was seen, tries the whole stack under the result, and
 * attacks it.
 * @throws Fault `learn/not-healthy`, `learn/exercise`, `learn/nothing-seen`, `learn/not-enough`, `learn/elsewhere`
 */
export async function learn(options: LearnOptions, io: VerbIo): Promise<Learned> {
  return await withClass(options, io, async (one) => {
    const { project, names } = one;
    const base = postureProfile(project.compose.posture);
    const seen = await inPhase(io.progress, "record", async () => {
      const { calls, exercised } = await one.record(new Map(names.map((name) => [name, base])));
      requireWorked(exercised, "while its system calls were recorded");
      requireSeen(calls);
      return { value: calls, summary: counts(calls) };
    });
    const earlier = options.fresh === true ? new Map<string, readonly string[]>() : await readEarlier(one);
    const calls = await inPhase(io.progress, "try", async (phase) => {
      const value = await tryOut(one, base, seen, earlier, (round) => phase.update(`start ${round}`));
      return { value, summary: "every service works with what it was seen to call" };
    });
    const services = await inPhase(io.progress, "attack", async () => {
      const value: LearnedService[] = [];
      for (const name of names) {
        const known = calls.get(name) ?? new Map<string, number>();
        const profile = profileFor(base, known, earlier.get(name));
        value.push(await describe(one, { name, calls: known, profile, base }, io));
      }
      return {
        value,
        summary: value.map(({ service, allowed }) => `${service} ${allowed} calls`).join(", "),
      };
    });
    const written: string[] = [];
    for (const { file, profile } of options.write === true ? services : []) {
      const path = join(project.compose.directory, file);
      await mkdir(join(project.compose.directory, FOLDER), { recursive: true });
      await writeWhole(path, `${JSON.stringify(profile, undefined, 2)}\n`);
      written.push(path);
    }
    return { services, written, exitCode: exitCodeOf(services.flatMap(({ findings }) => findings)) };
  });
}

/** Names the calls that services make when only their posture stops them, and that their own profiles refuse. */
export async function missingCalls(options: LearnOptions, io: VerbIo): Promise<Missing> {
  return await withClass(options, io, async (one) => {
    const base = postureProfile(one.project.compose.posture);
    const own = new Map(one.services.map(({ container }) => [container.name, profileOf(container)]));
    return await inPhase(io.progress, "record", async () => {
      const wide = [...own].map(([name, profile]) => [name, allowing(base, allowedNames(profile))] as const);
      const { calls, exercised } = await one.record(new Map(wide));
      requireSeen(calls);
      const services = new Map(
        [...calls].map(([name, seen]) => [name, refusedBy(own.get(name) ?? base, seen, base)] as const),
      );
      const isWell = [...services.values()].every(({ size }) => size === 0) && isWorking(exercised);
      const value: Missing = { services, exercised, exitCode: isWell ? 0 : 1 };
      return { value, summary: counts(services) };
    });
  });
}

/** Those that a profile refuses. What the posture refuses as well is missed by nobody: the service works without it. */
function refusedBy(profile: SeccompProfile, calls: Calls, base: SeccompProfile): Calls {
  return new Map([...calls].filter(([name]) => !allowsCall(profile, name) && allowsCall(base, name)));
}

/** The services that are learned from, and a way to record them. */
interface Class {
  readonly project: Project;
  readonly names: readonly string[];
  readonly services: readonly StackService[];
  readonly runtime: StackRuntime;
  /** Runs the whole stack, the services under these profiles. */
  use(profiles: ReadonlyMap<string, SeccompProfile>): Promise<Exercised>;
  /** The same, each call of these services written down. */
  record(profiles: ReadonlyMap<string, SeccompProfile>): Promise<Recorded>;
}

interface Recorded {
  readonly calls: ReadonlyMap<string, Calls>;
  readonly exercised: Exercised;
}

async function withClass<T>(options: LearnOptions, io: VerbIo, work: (one: Class) => Promise<T>): Promise<T> {
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

async function readEarlier({ project, names }: Class): Promise<ReadonlyMap<string, readonly string[]>> {
  const earlier = new Map<string, readonly string[]>();
  for (const name of names) {
    const file = join(project.compose.directory, fileOf(name));
    const text = await readTextFile(file, { code: "learn/profile", maxBytes: MOST_BYTES });
    if (text !== undefined) earlier.set(name, allowedNames(parseProfile(text)));
  }
  return earlier;
}

function fileOf(service: string): string {
  return join(FOLDER, `${service}.json`);
}

/** A service that makes a call in one start and not in another is recorded again under its profile, until nothing is new. */
async function tryOut(
  one: Class,
  base: SeccompProfile,
  seen: ReadonlyMap<string, Calls>,
  earlier: ReadonlyMap<string, readonly string[]>,
  onRound: (round: number) => void,
): Promise<ReadonlyMap<string, Calls>> {
  let calls = seen;
  for (let round = 1; ; round++) {
    onRound(round);
    const profiles = new Map(
      one.names.map((name) => [name, profileFor(base, calls.get(name), earlier.get(name))] as const),
    );
    const exercised = await one.use(profiles);
    if (isWorking(exercised)) return calls;
    const again = await one.record(new Map(one.names.map((name) => [name, base])));
    const missed = [...again.calls].flatMap(([name, more]) =>
      [...refusedBy(profiles.get(name) ?? base, more, base).keys()].map((call) => `${call} by ${name}`),
    );
    if (missed.length === 0 || round === ROUNDS) throw notEnough(exercised, missed);
    const before = calls;
    calls = new Map(
      [...before].map(([name, known]) => [name, union(known, again.calls.get(name) ?? new Map())]),
    );
  }
}

function profileFor(
  base: SeccompProfile,
  calls: Calls | undefined,
  earlier: readonly string[] = [],
): SeccompProfile {
  return learnedProfile(base, [...(calls?.keys() ?? []), ...earlier]);
}

interface Subject {
  readonly name: string;
  readonly calls: Calls;
  readonly profile: SeccompProfile;
  readonly base: SeccompProfile;
}

async function describe(one: Class, subject: Subject, io: VerbIo): Promise<LearnedService> {
  const { name, calls, profile, base } = subject;
  const container = one.services.find((service) => service.container.name === name)?.container;
  if (container === undefined) throw new TypeError(`expected service ${name} in the stack, found none`);
  const own = ownProfile(container);
  const workDirectory = await mkdtemp(join(proofFolder(one.project), "attack-"));
  return {
    ...{ service: name, calls, profile },
    refused: [...calls.keys()].filter((call) => !allowsCall(base, call)).toSorted(),
    allowed: allowedNames(profile).length,
    of: allowedNames(base).length,
    file: fileOf(name),
    isInUse: own !== undefined && isDeepStrictEqual(own, profile),
    findings: await proveContainer(one.runtime.engine, withProfile(container, profile), {
      ...{ network: undefined, workDirectory, concurrency: CONCURRENCY, signal: io.signal },
      posture: one.project.compose.posture,
      source: (key) => one.project.compose.source(["services", name, key]),
    }),
  };
}

function isWorking({ problems, failure }: Exercised): boolean {
  return problems.size === 0 && failure === undefined;
}

function requireWorked({ problems, failure }: Exercised, when: string): void {
  if (problems.size > 0) {
    throw new Fault({
      code: "learn/not-healthy",
      message: `expected every service to work ${when}, found ${told(problems)}`,
      hint: "Nothing can be learned from a service that does not work: see seaworthy up.",
      exit: 2,
    });
  }
  if (failure !== undefined) {
    throw new Fault({
      code: "learn/exercise",
      message: `expected the exercise to succeed ${when}, found ${failure}`,
      hint: "It is run on this machine; SEAWORTHY_APP_8000 and its like say where services listen.",
      exit: 2,
    });
  }
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

function notEnough({ problems, failure }: Exercised, missed: readonly string[]): Fault {
  const wrong = problems.size > 0 ? told(problems) : `the exercise: ${failure}`;
  const found = missed.length === 0 ? "no call that the profile refuses" : missed.join(", ");
  return new Fault({
    code: "learn/not-enough",
    message: `expected the stack to work with the calls that were seen, found ${wrong}; missing: ${found}`,
    hint: "Exercise more of it with --exercise, or run it again: runs add up.",
    exit: 2,
  });
}

/** `app: is unhealthy: no answer; db: ended with exit code 1`. */
function told(problems: ReadonlyMap<string, string>): string {
  return [...problems].map(([name, problem]) => `${name}: ${problem}`).join("; ");
}

function counts(calls: ReadonlyMap<string, Calls>): string {
  return [...calls].map(([name, { size }]) => `${name} ${size} calls`).join(", ");
}
