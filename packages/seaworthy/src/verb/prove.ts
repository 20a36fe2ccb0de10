/** `prove`: attacks the stack as declared and its twins, inspects the images, and judges every claim. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Finding, ReportReach, SourceLine } from "@seaworthy/evidence";
import { digestOf } from "../content/digest.ts";
import { Fault } from "../fault/fault.ts";
import { takeLock } from "../net/named-lock.ts";
import { atItsNetwork } from "../probe/network-cause.ts";
import type { Probe } from "../probe/probe.ts";
import { proveContainer } from "../probe/prove-container.ts";
import { proveStack } from "../probe/stack/prove-stack.ts";
import { together } from "../probe/stack/together.ts";
import { waive } from "../probe/waive.ts";
import { inPhase } from "../progress/progress.ts";
import { confinementOf } from "../stack/security-modules.ts";
import { declarationDigest } from "../stack/stack-spec.ts";
import type { StackState } from "../stack/state.ts";
import { build } from "./build.ts";
import { inspectImages } from "./inspect-images.ts";
import { openProject, type Project } from "./project.ts";
import { proofFolder, removeProof, stackSpec, withEngineSeccomp, withOwnVolumes } from "./running-stack.ts";
import { bringUp, type Up, type UpOptions } from "./up.ts";
import { userProbes } from "./user-probes.ts";
import type { VerbIo } from "./verb.ts";

export interface Proved {
  readonly up: Omit<Up, "handle">;
  readonly findings: readonly Finding[];
  readonly reach: readonly ReportReach[];
  /** By service: what the kernel says confines its first process, while it lives and where that can be read. */
  readonly confinement: ReadonlyMap<string, string>;
}

export interface ProveOptions extends UpOptions {
  /** Files with attacks of the caller's own, beside those that the Compose file names. */
  readonly probes?: readonly string[] | undefined;
  /** With the engine's own seccomp profile where the file names none: as others start what is not ours. */
  readonly engineSeccomp?: boolean | undefined;
}

/** Two cores keep two containers busy; more would only make each slower. */
const CONCURRENCY = 4;

/**
 * Proves the running stack; one that is not up is brought up for the proof and taken down again.
 * A service that is not healthy does not stop the proof: that it is not is one of the findings.
 * @throws Fault `prove/other-stack` when what runs is not what the Compose file declares
 */
export async function prove(options: ProveOptions, io: VerbIo): Promise<Proved> {
  const project = await openProject(options, { ...io, warn: () => undefined });
  const more = await userProbes(project.compose, options.probes);
  await using host = project.host;
  const runtime = await host.runtime();
  await using _ = await onlyProof(project);
  try {
    const state = await runtime.read(project.compose.name);
    if (state !== undefined) {
      const running = await checkRunning(state, options, io);
      return { up: running, ...(await attack(running, more, io)) };
    }
    const up = await bringUp(options, io, {
      leash: true,
      mustBeHealthy: false,
      async declare(built) {
        const spec = await stackSpec(built, project.directories.state);
        return withOwnVolumes(options.engineSeccomp === true ? withEngineSeccomp(spec) : spec, project);
      },
    });
    try {
      return { up, ...(await attack(up, more, io)) };
    } finally {
      await up.handle[Symbol.asyncDispose]();
      await runtime.stop(up.spec.project, { volumes: [...up.spec.volumes.values()].map(({ name }) => name) });
    }
  } finally {
    await removeProof(project, runtime);
  }
}

/** Two proofs of one project would attack each other's doubles. */
export async function onlyProof({ compose }: Project): Promise<AsyncDisposable> {
  const lock = await takeLock(`prove-${digestOf(compose.name).slice(-16)}`);
  if (lock !== undefined) return lock;
  throw new Fault({
    code: "prove/already-running",
    message: `expected to be the only proof of ${compose.name}, found another one at work`,
    hint: "Wait until it is done.",
    exit: 2,
  });
}

async function checkRunning(state: StackState, options: UpOptions, io: VerbIo): Promise<Omit<Up, "handle">> {
  const built = await build(options, io);
  const { compose, directories, host } = built.project;
  const spec = await stackSpec(built, directories.state);
  if (state.declared === undefined) {
    io.warn(
      `${compose.name} was started by another tool, so that it is what ${compose.file} declares is taken on trust`,
    );
    return { built, spec: withEngineSeccomp(spec), state, runtime: await host.runtime() };
  } else if (state.declared !== declarationDigest(spec)) {
    throw new Fault({
      code: "prove/other-stack",
      message: `expected the running stack of ${compose.name} to be what ${compose.file} declares, found one that was started from another version of it`,
      hint: "Take it down and up again: seaworthy down, then seaworthy up",
      exit: 2,
    });
  }
  return { built, spec, state, runtime: await host.runtime() };
}

async function attack(
  up: Omit<Up, "handle">,
  more: readonly Probe[],
  io: VerbIo,
): Promise<Omit<Proved, "up">> {
  return await inPhase(io.progress, "prove", async (phase) => {
    const { spec, state, runtime } = up;
    const { local } = await runtime.engine.facts();
    // A process number of another machine is somebody else's here.
    const confinement = local ? await confinementsOf(state) : new Map<string, string>();
    const workDirectory = join(proofFolder(up.built.project), "work");
    await mkdir(workDirectory, { recursive: true, mode: 0o700 });
    const findings: Finding[] = [];
    const onFinding = (found: Finding): void => {
      const finding = waive(found, up.built.project.compose.waivers, io.now());
      findings.push(finding);
      phase.update(
        `${findings.length} attacks judged, the last: ${finding.service}: ${finding.control} ${finding.verdict}`,
      );
    };
    const { compose } = up.built.project;
    const file = { source: compose.source, isWritten: (network: string) => compose.networks.has(network) };
    const containers = async (): Promise<void> => {
      for (const service of spec.services) {
        const { container } = service;
        await proveContainer(runtime.engine, container, {
          network: state.services.find(({ name }) => name === container.name)?.network,
          workDirectory,
          concurrency: CONCURRENCY,
          more,
          posture: up.built.project.compose.posture,
          source: (key) => sourceOf(up, container.name, key),
          onFinding: (found) => onFinding(atItsNetwork(found, service, spec, file)),
          signal: io.signal,
        });
      }
    };
    const stack = proveStack({
      ...{ spec, state, runtime, workDirectory, onFinding, signal: io.signal },
      role: (service) => up.built.services.find((one) => one.service === service)?.role ?? "app",
      source: (service, key) => sourceOf(up, service, key),
    });
    const images = async (): Promise<void> => {
      const source = (service: string, key: string): SourceLine => sourceOf(up, service, key);
      for (const finding of await inspectImages(up.built, spec.services, source, io.signal))
        onFinding(finding);
    };
    // The second stack mostly waits for health checks; meanwhile containers are attacked and images read.
    await together<unknown>([containers(), stack, images()]);
    const { reach } = await stack;
    return { value: { findings, reach, confinement }, summary: countVerdicts(findings) };
  });
}

async function confinementsOf({ services }: StackState): Promise<ReadonlyMap<string, string>> {
  const labels = new Map<string, string>();
  for (const { name, pid } of services) {
    const label = pid === undefined ? undefined : await confinementOf(pid);
    if (label !== undefined) labels.set(name, label);
  }
  return labels;
}

function sourceOf(up: Omit<Up, "handle">, service: string, key: string): SourceLine {
  return up.built.project.compose.source(["services", service, key]);
}

/** `52 held, 1 breached`. */
function countVerdicts(findings: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of findings) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return ["held", "breached", "unproven", "absent", "waived"]
    .filter((verdict) => counts.has(verdict))
    .map((verdict) => `${counts.get(verdict)} ${verdict}`)
    .join(", ");
}
