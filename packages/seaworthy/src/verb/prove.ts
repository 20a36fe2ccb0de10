/** `prove`: attacks the stack as declared and its twins, inspects the images, and judges every claim. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Finding, SourceLine } from "@seaworthy/evidence";
import { Fault } from "../fault/fault.ts";
import { proveContainer } from "../probe/prove-container.ts";
import { proveStack } from "../probe/stack/prove-stack.ts";
import type { Role } from "../probe/stack/scene.ts";
import { inPhase } from "../progress/progress.ts";
import { readStack } from "../stack/stack.ts";
import { declarationDigest } from "../stack/stack-spec.ts";
import { build } from "./build.ts";
import { inspectImages } from "./inspect-images.ts";
import { openProject, type Project } from "./project.ts";
import { proofName, proofState, removeProof, stackSpec, stackTools } from "./running-stack.ts";
import { bringUp, type Up, type UpOptions } from "./up.ts";
import type { VerbIo } from "./verb.ts";

export interface Proved {
  readonly up: Omit<Up, "handle">;
  readonly findings: readonly Finding[];
}

/** Two cores keep two containers busy; more would only make each slower. */
const CONCURRENCY = 4;

/**
 * Proves the running stack; one that is not up is brought up for the proof and taken down again.
 * A service that is not healthy does not stop the proof: that it is not is one of the findings.
 * @throws Fault `prove/other-stack` when what runs is not what the Compose file declares
 */
export async function prove(options: UpOptions, io: VerbIo): Promise<Proved> {
  const project = await openProject(options, { ...io, warn: () => undefined });
  try {
    const running = await findRunning(project, options, io);
    if (running !== undefined) return { up: running, findings: await attack(running, io) };
    // Volumes of its own: a proof neither reads nor leaves data.
    const how = {
      leash: true,
      mustBeHealthy: false,
      volumes: proofState(project.directories, project.compose.name),
    };
    const up = await bringUp(options, io, how);
    await using _ = up.handle;
    return { up, findings: await attack(up, io) };
  } finally {
    if (process.geteuid?.() === 0) await removeProof(project.directories, project.compose.name);
  }
}

async function findRunning(
  { compose, directories }: Project,
  options: UpOptions,
  io: VerbIo,
): Promise<Omit<Up, "handle"> | undefined> {
  const state = await readStack(compose.name, { runRoot: directories.run });
  if (state === undefined) return undefined;
  const built = await build(options, io);
  const spec = await stackSpec(built, directories.state);
  if (state.declared === declarationDigest(spec))
    return { built, spec, state, tools: await stackTools(built.project, io) };
  throw new Fault({
    code: "prove/other-stack",
    message: `expected the running stack of ${compose.name} to be what ${compose.file} declares, found one that was started from another version of it`,
    hint: "Take it down and up again: seaworthy down, then seaworthy up",
    exit: 2,
  });
}

async function attack(up: Omit<Up, "handle">, io: VerbIo): Promise<readonly Finding[]> {
  return await inPhase(io.progress, "prove", async (phase) => {
    const { compose, directories } = up.built.project;
    const workDirectory = join(directories.run, proofName(compose.name), "work");
    await mkdir(workDirectory, { recursive: true, mode: 0o700 });
    const findings: Finding[] = [];
    const onFinding = (finding: Finding): void => {
      findings.push(finding);
      phase.update(
        `${findings.length} attacks judged, the last: ${finding.service}: ${finding.control} ${finding.verdict}`,
      );
    };
    const containers = async (): Promise<void> => {
      for (const { container } of up.spec.services) {
        await proveContainer(up.tools.engine, container, {
          podNetwork: up.state.network,
          workDirectory,
          concurrency: CONCURRENCY,
          source: (key) => sourceOf(up, container.name, key),
          onFinding,
          signal: io.signal,
        });
      }
    };
    const stack = proveStack({
      spec: up.spec,
      state: up.state,
      engine: up.tools.engine,
      stack: up.tools.options,
      role: (service) => roleOf(up, service),
      source: (service, key) => sourceOf(up, service, key),
      workDirectory,
      onFinding,
    });
    const images = async (): Promise<void> => {
      const source = (service: string, key: string): SourceLine => sourceOf(up, service, key);
      for (const finding of await inspectImages(up.built, source)) onFinding(finding);
    };
    // The second stack mostly waits for health checks; meanwhile containers are attacked and images read.
    for (const outcome of await Promise.allSettled([containers(), stack, images()])) {
      if (outcome.status === "rejected") throw outcome.reason;
    }
    return { value: findings, summary: countVerdicts(findings) };
  });
}

/** By the recipe its image was assembled from. */
function roleOf(up: Omit<Up, "handle">, service: string): Role {
  const recipe = up.built.images.find(({ plan }) => plan.service === service)?.plan.recipe;
  return recipe === "postgres" || recipe === "redis" ? recipe : "app";
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
