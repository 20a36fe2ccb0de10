/** `harden`: takes a Compose file to the posture, by trying out what each service really needs, and proves the result before it is written. */
import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { exitCodeOf, type Finding } from "@seaworthy/evidence";
import type { Confinement, Container } from "../engine/container.ts";
import type { StackService } from "../engine/stack-service.ts";
import { type ExitCode, Fault } from "../fault/fault.ts";
import { type Acceptance, acceptances, type Circumstances } from "../harden/acceptances.ts";
import { changesOf } from "../harden/changes.ts";
import { withClosedNetworks } from "../harden/closed-networks.ts";
import {
  besideOriginals,
  type ComposeText,
  editedTexts,
  readComposeTexts,
  replaceFile,
  writtenService,
} from "../harden/compose-files.ts";
import { type DiffLine, unifiedDiff } from "../harden/diff.ts";
import type { Change } from "../harden/draft.ts";
import { withoutStorePorts } from "../harden/known-stores.ts";
import { type Remark, remarksOn } from "../harden/remarks.ts";
import type { Found } from "../harden/search.ts";
import { type StackNeeds, searchStack } from "../harden/search-stack.ts";
import { tryOutOn } from "../harden/try-out.ts";
import { withWaivers } from "../harden/write-waivers.ts";
import { freeLoopbackPort } from "../net/free-port.ts";
import { waive } from "../probe/waive.ts";
import { inPhase } from "../progress/progress.ts";
import type { StackRuntime } from "../stack/stack-runtime.ts";
import type { StackNetwork, StackSpec } from "../stack/stack-spec.ts";
import { type Built, build } from "./build.ts";
import { prove } from "./prove.ts";
import { stackSpec, trialFolder } from "./running-stack.ts";
import type { UpOptions } from "./up.ts";
import type { VerbIo } from "./verb.ts";

export interface HardenOptions extends UpOptions {
  /** Whether the files are changed; otherwise they are only said to be. */
  readonly write?: boolean;
  /** Whether ports stay published on the addresses they have. */
  readonly keepPorts?: boolean;
  /** Whether reasons are written into the file. */
  readonly comments?: boolean;
  /** Who accepts, by waivers in the file, what a Compose file cannot change; nobody otherwise. */
  readonly accept?: { readonly owner: string; readonly days: number } | undefined;
}

export interface Hardened {
  readonly changes: readonly Change[];
  readonly remarks: readonly Remark[];
  /** By service: what it needs, and what each trial showed. */
  readonly found: ReadonlyMap<string, Found>;
  readonly diff: readonly DiffLine[];
  /** Of the proof of the hardened stack; `undefined` when there was none. */
  readonly findings: readonly Finding[] | undefined;
  /** Of what is breached: what no key of the Compose file can mend, and how it is mended. */
  readonly acceptable: readonly Acceptance[];
  /** How often the stack was started to find out. */
  readonly starts: number;
  readonly written: readonly string[];
  /** 0 under the posture, 1 not all of it, 2 not proven. */
  readonly exitCode: 0 | ExitCode;
}

/**
 * @throws Fault of building and of the engine; `harden/not-healthy` for a stack that does not work as it stands;
 * `harden/edit` when the file cannot be changed without changing more
 */
export async function harden(options: HardenOptions, io: VerbIo): Promise<Hardened> {
  const built = await build(options, io);
  await using host = built.project.host;
  const { compose, directories } = built.project;
  const spec = await stackSpec(built, directories.state);
  const runtime = await host.runtime();
  const folder = join(directories.run, `${compose.name}-Trial`);
  const workDirectory = trialFolder(built.project);
  // The built-in engine's networks have none, whatever the file says of them.
  const hasWayOut = host.engine !== "runc";
  const { needs, networks } = await findNeeds(spec, runtime, {
    ...{ folder, workDirectory, hasWayOut, options, io },
  });
  const texts = await readComposeTexts(compose.files);
  const changes = proposed(spec, needs, texts, compose.directory, options);
  const hardened = editedTexts(texts, changes.changes, options.comments === true);
  const remarks = [
    ...changes.remarks,
    ...spec.services.flatMap((service) => {
      const { name } = service.container;
      return remarksOn(service, needs.before.get(name), needs.found.get(name), needs.after.get(name));
    }),
  ];
  const proven = await proveHardened(texts, hardened, needs, runtime, options, io);
  const acceptable = acceptances(proven ?? [], circumstancesOf(built, needs, networks));
  const { texts: after, findings } = accepted(hardened, proven, acceptable, compose.directory, options, io);
  const written: string[] = [];
  for (const [index, before] of texts.entries()) {
    const text = after[index]?.text ?? before.text;
    if (options.write !== true || text === before.text) continue;
    await replaceFile(before, text);
    written.push(before.file);
  }
  return {
    ...{ changes: changes.changes, remarks, found: needs.found, starts: needs.starts, written },
    ...{ findings, acceptable },
    diff: texts.flatMap(({ file, text }, index) =>
      unifiedDiff(text, after[index]?.text ?? text, basename(file)),
    ),
    exitCode: exitOf(remarks, findings),
  };
}

function circumstancesOf(
  { services }: Built,
  needs: StackNeeds,
  networks: ReadonlyMap<string, StackNetwork>,
): ReadonlyMap<string, Circumstances> {
  return new Map(
    needs.services.map((service): [string, Circumstances] => {
      const { name } = service.container;
      const origin = services.find((one) => one.service === name)?.origin ?? "assembled";
      const isClosedIn = service.networks.every(({ network }) => networks.get(network)?.internal === true);
      return [
        name,
        { service, origin, isClosedIn, found: needs.found.get(name), seen: needs.before.get(name) },
      ];
    }),
  );
}

/** The files with the waivers, and the findings as they are with them. */
function accepted(
  texts: readonly ComposeText[],
  findings: readonly Finding[] | undefined,
  acceptable: readonly Acceptance[],
  directory: string,
  { accept }: HardenOptions,
  io: VerbIo,
): Pick<Hardened, "findings"> & { readonly texts: readonly ComposeText[] } {
  const last = ownTexts(texts, directory).at(-1);
  if (accept === undefined || acceptable.length === 0 || last === undefined) return { texts, findings };
  const { owner, days } = accept;
  const until = new Date(io.now().getTime() + days * DAY).toISOString().slice(0, 10);
  const waivers = acceptable.map((one) => ({ ...one, owner, until }));
  return {
    texts: texts.map((one) => (one === last ? withWaivers(last, acceptable, { owner, until }) : one)),
    findings: findings?.map((finding) => waive(finding, waivers, io.now())),
  };
}

/** Only files of the project are changed; what lies elsewhere is somebody else's too. */
function ownTexts(texts: readonly ComposeText[], directory: string): readonly ComposeText[] {
  return texts.filter(({ file }) => file.startsWith(`${directory}/`));
}

/** In milliseconds. */
const DAY = 24 * 60 * 60 * 1000;

interface Trying {
  readonly folder: string;
  readonly workDirectory: string;
  /** Whether the engine's ordinary networks lead outside. */
  readonly hasWayOut: boolean;
  readonly options: HardenOptions;
  readonly io: VerbIo;
}

async function findNeeds(
  spec: StackSpec,
  runtime: StackRuntime,
  { folder, workDirectory, hasWayOut, options, io }: Trying,
): Promise<{ readonly needs: StackNeeds; readonly networks: StackSpec["networks"] }> {
  const narrowed = (services: readonly StackService[]): readonly StackService[] =>
    options.keepPorts === true ? services : withoutStorePorts(services);
  const { networks } = hasWayOut
    ? withClosedNetworks(narrowed(spec.services), spec.networks, spec.project)
    : { networks: new Map<string, StackNetwork>() };
  const whole: StackSpec = { ...spec, networks: new Map([...spec.networks, ...networks]) };
  for (const place of [folder, workDirectory]) {
    await rm(place, { recursive: true, force: true });
    await mkdir(place, { recursive: true, mode: 0o700 });
  }
  try {
    const needs = await inPhase(io.progress, "try", async (phase) => {
      phase.update("the stack as it is");
      const value = await searchStack(spec.services, {
        project: spec.project,
        prepare: (services) =>
          hasWayOut
            ? withClosedNetworks(narrowed(services), spec.networks, spec.project).services
            : narrowed(services),
        tryOut: tryOutOn(whole, {
          runtime,
          folder,
          workDirectory,
          freePort: freeLoopbackPort,
          signal: io.signal,
        }),
        onStart: (start, trying) => phase.update(`start ${start}: ${[...trying.keys()].join(", ")}`),
        signal: io.signal,
      });
      return {
        value,
        summary: `${value.starts} starts, ${value.found.size} of ${spec.services.length} services`,
      };
    });
    return { needs, networks: whole.networks };
  } finally {
    for (const place of [folder, workDirectory]) await rm(place, { recursive: true, force: true });
  }
}

function proposed(
  spec: StackSpec,
  { services }: StackNeeds,
  texts: readonly ComposeText[],
  directory: string,
  { keepPorts = false }: HardenOptions,
): { readonly changes: readonly Change[]; readonly remarks: readonly Remark[] } {
  const own = ownTexts(texts, directory);
  const changes: Change[] = [];
  const remarks: Remark[] = [];
  for (const [index, before] of spec.services.entries()) {
    const { name } = before.container;
    const written = writtenService(own, name);
    if (written.length === 0) {
      remarks.push({
        service: name,
        kind: "open",
        text: "is defined outside the project, where nothing is changed",
      });
    }
    changes.push(...changesOf({ before, after: services[index] ?? before, written, keepPorts }));
  }
  return { changes, remarks };
}

/** What is written is what was tried, and what was tried is what is proven. */
async function proveHardened(
  before: readonly ComposeText[],
  after: readonly ComposeText[],
  needs: StackNeeds,
  runtime: StackRuntime,
  options: HardenOptions,
  io: VerbIo,
): Promise<readonly Finding[] | undefined> {
  await using candidates = await besideOriginals(after);
  const candidate: UpOptions = { ...options, files: candidates.files };
  const built = await build(candidate, { ...io, warn: () => undefined });
  const { name } = built.project.compose;
  const declared = await stackSpec(built, built.project.directories.state);
  await built.project.host[Symbol.asyncDispose]();
  for (const service of needs.services) {
    const written = declared.services.find(({ container }) => container.name === service.container.name);
    checkSame(service.container, written?.container, before);
  }
  if ((await runtime.read(name)) !== undefined) {
    io.warn(
      `${name} is up, so the hardened stack was tried in a copy but not proven: run seaworthy prove when it is up again`,
    );
    return undefined;
  }
  return (await prove(candidate, io)).findings;
}

/** Another file, or a file that is included, may say otherwise. */
function checkSame(tried: Container, written: Container | undefined, files: readonly ComposeText[]): void {
  const differing = CONFINEMENT.filter((key) => !isDeepStrictEqual(tried[key], written?.[key]));
  if (differing.length === 0) return;
  throw new Fault({
    code: "harden/not-as-tried",
    message: `expected the changed file to give ${tried.name} the ${differing.join(", ")} that were tried, found others`,
    place: { file: files[0]?.file ?? "" },
    hint: "Something that the service extends or includes decides them. Change it there, or write the service out.",
    exit: 2,
  });
}

const CONFINEMENT: readonly (keyof Confinement)[] = [
  "user",
  "readOnlyRoot",
  "noNewPrivileges",
  "capabilities",
  "seccomp",
  "systemPaths",
  "hostDevices",
  "network",
  "pid",
  "ipc",
  "limits",
];

function exitOf(remarks: readonly Remark[], findings: readonly Finding[] | undefined): 0 | ExitCode {
  if (remarks.some(({ kind }) => kind === "open")) return 1;
  if (findings !== undefined) return exitCodeOf(findings);
  return remarks.some(({ kind }) => kind === "need") ? 1 : 0;
}
