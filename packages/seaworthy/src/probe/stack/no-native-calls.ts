/** Whoever makes a service in Node run JavaScript tries to call the C library with it: in the thread, in a worker, in a child. */
import { randomBytes } from "node:crypto";
import { posix } from "node:path";
import type { Attempt, Finding, Step, Text } from "@seaworthy/evidence";
import type { Container } from "../../engine/container.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { noNativeCalls } from "../../posture/stack-claims/no-native-calls.ts";
import { processesOf, programOf } from "../../stack/processes.ts";
import { inOwnNetwork } from "./idle.ts";
import { markedLine, type Told } from "./marked-line.ts";
import {
  type Answer,
  importOption,
  NO_MODULE,
  parseAnswer,
  type Try,
  WAYS,
  type Way,
} from "./native-call-script.ts";
import { attempt, conclude, firstProcess, type StackScene } from "./scene.ts";

/** In milliseconds, for a Node to start, three times if it comes to that. What waits for its database never gets there. */
const PATIENCE = 20_000;
const OPTIONS = "NODE_OPTIONS";

/** @returns `undefined` for a service in which no Node runs */
export async function proveNoNativeCalls(
  scene: StackScene,
  service: StackService,
): Promise<Finding | undefined> {
  const { container } = service;
  if (!(await runsNode(scene, service))) return undefined;
  const { attempt: hardened, program } = await call(scene, (option) => ({
    ...container,
    env: new Map([...container.env, [OPTIONS, `${container.env.get(OPTIONS) ?? ""} ${option}`.trim()]]),
  }));
  const twin =
    hardened.outcome === "refused" && program !== undefined
      ? await call(scene, (option) => withFfi(container, program, option))
      : undefined;
  return conclude(scene, service, noNativeCalls, hardened, twin?.attempt, {
    en: "node --experimental-ffi, without what forbids it",
    ru: "node --experimental-ffi, без того, что его запрещает",
  });
}

/** Its processes say so; where none is to be seen, what it is started with, or the variable that Node's images set. */
async function runsNode(scene: StackScene, service: StackService): Promise<boolean> {
  const { argv, env } = service.container;
  const first = await firstProcess(scene, service);
  const numbers = typeof first === "number" ? await processesOf(first) : [];
  const programs = (await Promise.all(numbers.map(programOf))).flatMap((program) => program ?? []);
  return programs.length > 0 ? programs.some(isNode) : isNode(argv[0] ?? "") || env.has("NODE_VERSION");
}

function isNode(program: string): boolean {
  return /^node(?:js)?(?:-?\d+)?$/.test(posix.basename(program));
}

function withFfi(container: Container, program: string, option: string): Container {
  const env = [...container.env].filter(([name]) => name !== OPTIONS);
  return { ...container, argv: [program, "--experimental-ffi", option, "--eval", "0"], env: new Map(env) };
}

/** @param loaded the container that is to be started, given the option that loads the attack into its Node */
async function call(
  scene: StackScene,
  loaded: (option: string) => Container,
): Promise<{ readonly attempt: Attempt; readonly program: string | undefined }> {
  const mark = randomBytes(16).toString("hex");
  let program: string | undefined;
  const made = await inOwnNetwork(scene, loaded(importOption(mark)), async (running) => {
    const told = await markedLine(running, mark, PATIENCE);
    const answer = told.line === undefined ? undefined : parseAnswer(told.line);
    program = answer?.program;
    return judgeCalls(answer, told);
  });
  return { attempt: made, program };
}

/** Of Node itself, or of the kernel where a filter stops a child. Anything else says that it could not be tried. */
const REFUSALS = new Set([NO_MODULE, "ERR_ACCESS_DENIED", "EPERM", "EACCES", "ENOSYS"]);
const DID: Readonly<Record<Way, string>> = {
  thread: "node:ffi in the service's own thread: getpid() of the C library",
  worker: "the same in a worker that is given --experimental-ffi",
  child: "the same in a child, node --experimental-ffi --permission --allow-ffi",
};
const WHERE: Readonly<Record<Way, Text>> = {
  thread: { en: "in the service's own thread", ru: "в самом потоке службы" },
  worker: { en: "in a worker with a flag of its own", ru: "в рабочем потоке с собственным флагом" },
  child: { en: "in a child process with flags of its own", ru: "в дочернем процессе с собственными флагами" },
};

/** @param answer `undefined` when none came, or none that the attack gives */
export function judgeCalls(answer: Answer | undefined, { lastWords }: Pick<Told, "lastWords">): Attempt {
  if (answer === undefined) return judgeSilence(lastWords);
  const { version, hasFfi, tries } = answer;
  if (!hasFfi) return attempt("absent", `Node ${version} has no FFI`, `в Node ${version} нет FFI`);
  const steps = tries.map(stepOf);
  const through = tries.find(({ refusal }) => refusal === undefined);
  if (through !== undefined) {
    const { en, ru } = WHERE[through.way];
    return attempt("breached", `called the C library ${en}`, `вызвана библиотека C ${ru}`, steps);
  }
  const odd = tries.find(({ refusal = "" }) => !REFUSALS.has(refusal));
  if (odd !== undefined) {
    const { en, ru } = WHERE[odd.way];
    return attempt("unable", `${odd.refusal} ${en}`, `${odd.refusal} ${ru}`, steps);
  }
  if (!WAYS.every((way) => tries.some((one) => one.way === way)))
    return attempt("unable", "not every way was tried", "испытаны не все пути", steps);
  const refusals = [...new Set(tries.map(({ refusal }) => refusal))].join(", ");
  return attempt(
    "refused",
    `Node ${version} in its thread, a worker and a child: ${refusals}`,
    `Node ${version} в своём потоке, рабочем потоке и дочернем процессе: ${refusals}`,
    steps,
  );
}

function stepOf({ way, refusal }: Try): Step {
  return { did: DID[way], saw: refusal ?? "its own process id" };
}

/** Node before 18.18 knows no such option in the variable, and is far older than the FFI. */
const TOO_OLD = /--import\S* is not allowed in NODE_OPTIONS/;

function judgeSilence(lastWords: string): Attempt {
  if (TOO_OLD.test(lastWords))
    return attempt("absent", "a Node older than 18.18 has no FFI", "в Node старше 18.18 нет FFI");
  const words = lastWords === "" ? "" : `: ${lastWords}`;
  return attempt("unable", `no Node of it has answered${words}`, `ни один Node в ней не ответил${words}`);
}
