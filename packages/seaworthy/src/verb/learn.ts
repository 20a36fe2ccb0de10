/** `learn`: finds out which system calls each service makes, and writes a seccomp profile that allows no others. */
import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { exitCodeOf, type Finding } from "@seaworthy/evidence";
import { type ExitCode, Fault } from "../fault/fault.ts";
import { type Calls, counts, refusedBy, union } from "../learn/calls.ts";
import { type Exercised, isWorking } from "../learn/exercise.ts";
import { postureProfile } from "../posture/controls/only-needed-calls.ts";
import { allowedNames, callsBefore, learnedProfile } from "../posture/seccomp/learned.ts";
import { allowsCall } from "../posture/seccomp/portable.ts";
import { ownProfile, parseProfile, type SeccompProfile, withProfile } from "../posture/seccomp/profile.ts";
import { proveContainer } from "../probe/prove-container.ts";
import { waive } from "../probe/waive.ts";
import { inPhase } from "../progress/progress.ts";
import { readTextFile } from "../recipe/text-file.ts";
import { writeWhole } from "../report/write.ts";
import { type Recorder, type RecordOptions, withRecorder } from "./recorder.ts";
import { proofFolder } from "./running-stack.ts";
import type { VerbIo } from "./verb.ts";

export interface LearnOptions extends RecordOptions {
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
  /** Of all attacks on the service's container: on the cut itself under the profile, the others under what it was cut out of. */
  readonly findings: readonly Finding[];
}

export interface Learned {
  readonly services: readonly LearnedService[];
  /** Absolute. */
  readonly written: readonly string[];
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
 * @throws Fault `learn/not-healthy`, `learn/exercise`, `learn/not-enough`, and those of the recorder
 */
export async function learn(options: LearnOptions, io: VerbIo): Promise<Learned> {
  return await withRecorder(options, io, async (recorder) => {
    const { project, names } = recorder;
    const base = postureProfile(project.compose.posture);
    const seen = await inPhase(io.progress, "record", async () => {
      const { calls, exercised } = await recorder.record(new Map(names.map((name) => [name, base])));
      requireWorked(exercised, "while its system calls were recorded");
      return { value: calls, summary: counts(calls) };
    });
    const unseen = await readUnseen(recorder, options);
    const calls = await inPhase(io.progress, "try", async (phase) => {
      const value = await tryOut(recorder, base, seen, unseen, (round) => phase.update(`start ${round}`));
      return { value, summary: "every service works with what it was seen to call" };
    });
    const services = await inPhase(io.progress, "attack", async () => {
      const value: LearnedService[] = [];
      for (const name of names) {
        const known = calls.get(name) ?? new Map<string, number>();
        const profile = profileFor(base, known, unseen.get(name));
        value.push(await describe(recorder, { name, calls: known, profile, base }, io));
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

/** What stays allowed though this run does not see it: of a first process in front of the service, and what earlier runs saw. */
async function readUnseen(
  { project, services }: Recorder,
  { fresh = false }: LearnOptions,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const unseen = new Map<string, readonly string[]>();
  for (const { container } of services) {
    const file = join(project.compose.directory, fileOf(container.name));
    const text = fresh
      ? undefined
      : await readTextFile(file, { code: "learn/profile", maxBytes: MOST_BYTES });
    const earlier = text === undefined ? [] : allowedNames(parseProfile(text));
    unseen.set(container.name, [...callsBefore(container), ...earlier]);
  }
  return unseen;
}

function fileOf(service: string): string {
  return join(FOLDER, `${service}.json`);
}

/** A service that makes a call in one start and not in another is recorded again, until nothing is new. */
async function tryOut(
  recorder: Recorder,
  base: SeccompProfile,
  seen: ReadonlyMap<string, Calls>,
  unseen: ReadonlyMap<string, readonly string[]>,
  onRound: (round: number) => void,
): Promise<ReadonlyMap<string, Calls>> {
  let calls = seen;
  for (let round = 1; ; round++) {
    onRound(round);
    const profiles = new Map(
      recorder.names.map((name) => [name, profileFor(base, calls.get(name), unseen.get(name))] as const),
    );
    const exercised = await recorder.use(profiles);
    if (isWorking(exercised)) return calls;
    const again = await recorder.record(new Map(recorder.names.map((name) => [name, base])));
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
  unseen: readonly string[] = [],
): SeccompProfile {
  return learnedProfile(base, [...(calls?.keys() ?? []), ...unseen]);
}

interface Subject {
  readonly name: string;
  readonly calls: Calls;
  readonly profile: SeccompProfile;
  readonly base: SeccompProfile;
}

async function describe(recorder: Recorder, subject: Subject, io: VerbIo): Promise<LearnedService> {
  const { name, calls, profile, base } = subject;
  const container = recorder.services.find((service) => service.container.name === name)?.container;
  if (container === undefined) throw new TypeError(`expected service ${name} in the stack, found none`);
  const own = ownProfile(container);
  const { compose } = recorder.project;
  const findings = await proveContainer(recorder.runtime.engine, withProfile(container, profile), {
    workDirectory: await mkdtemp(join(proofFolder(recorder.project), "attack-")),
    ...{ network: undefined, concurrency: CONCURRENCY, signal: io.signal },
    posture: compose.posture,
    source: (key) => compose.source(["services", name, key]),
  });
  return {
    ...{ service: name, calls, profile },
    refused: [...calls.keys()].filter((call) => !allowsCall(base, call)).toSorted(),
    allowed: allowedNames(profile).length,
    of: allowedNames(base).length,
    file: fileOf(name),
    isInUse: own !== undefined && isDeepStrictEqual(own, profile),
    findings: findings.map((finding) => waive(finding, compose.waivers, io.now())),
  };
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
