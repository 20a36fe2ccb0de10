/** `plan`: resolves the project to exact inputs, and writes `seaworthy.lock`. */
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../fault/fault.ts";
import { requireFit } from "../plan/fits.ts";
import { formatLock, LOCK_FILE, type Lock, readLock } from "../plan/lock.ts";
import { makePlan, NOTHING, type Plan } from "../plan/plan.ts";
import { type ImageRequest, imageRequests } from "../plan/request.ts";
import { resolveLock } from "../plan/resolve-lock.ts";
import type { PhaseHandle } from "../progress/progress.ts";
import { inPhase } from "../progress/progress.ts";
import type { ComposeProject } from "../recipe/compose.ts";
import { type ImageSource, imageSources } from "./image-source.ts";
import { machineArchitecture, openProject, type Project } from "./project.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export interface PlanOptions extends ProjectOptions {
  /** Resolve anew what the lock has already. */
  readonly update?: boolean;
  /** Refuse to make or change a lock. */
  readonly frozen?: boolean;
}

export interface Planned {
  readonly project: Project;
  /** In the Compose file's order. */
  readonly sources: readonly ImageSource[];
  /** Of the images that can be assembled; none when none needs to be. */
  readonly plan: Plan;
  /** Whether the lock was written by this run; `unneeded` when nothing is assembled. */
  readonly locked: "written" | "kept" | "unneeded";
}

/** @throws Fault `plan/lock-out-of-step`, `plan/no-lock`, and those of recipe/, debian/ and npm/ */
export async function plan(options: PlanOptions, io: VerbIo): Promise<Planned> {
  return await inPhase(io.progress, "plan", async (phase) => {
    const project = await openProject(options, io);
    const sources = await imageSources(project, options);
    if (sources.every(({ source }) => source !== "assemble")) {
      const summary = "nothing to assemble: every image is pulled or built from its Dockerfile";
      return { value: { project, sources, plan: NOTHING, locked: "unneeded" }, summary };
    }
    const requests = await imageRequests(assembled(project.compose, sources));
    const { lock, locked } = await lockFor(project, requests, options, io, phase);
    const made = await makePlan(project.compose, requests, lock, {
      debian: { store: project.store, mirrors: project.sources.mirrors, signal: io.signal },
      registry: project.sources.registry,
      signal: io.signal,
    });
    const packages = lock.images
      .flatMap((image) => image.layers)
      .reduce((sum, layer) => sum + layer.packages.length, 0);
    const summary = `${made.images.length} images, ${packages} Debian packages, lock ${locked}`;
    return { value: { project, sources, plan: made, locked }, summary };
  });
}

/** The project as far as it can be assembled: the lock is the same whichever engine made it. */
function assembled(compose: ComposeProject, sources: readonly ImageSource[]): ComposeProject {
  const services = sources.filter(({ canAssemble }) => canAssemble).map(({ service }) => service);
  return { ...compose, services: new Map(services.map((service) => [service.name, service])) };
}

async function lockFor(
  project: Project,
  requests: readonly ImageRequest[],
  options: PlanOptions,
  io: VerbIo,
  phase: PhaseHandle,
): Promise<{ readonly lock: Lock; readonly locked: Planned["locked"] }> {
  const architecture = machineArchitecture();
  const file = join(project.compose.directory, LOCK_FILE);
  const known = await readLock(file);
  if (known !== undefined && options.update !== true) {
    requireFit(known, requests, architecture, file);
    return { lock: known, locked: "kept" };
  }
  if (options.frozen === true) {
    throw new Fault({
      code: "plan/no-lock",
      message: `expected ${LOCK_FILE}, which --frozen does not make or change, found ${known === undefined ? "none" : "--update too"}`,
      place: { file },
      hint: "Run seaworthy plan without --frozen, and commit the lock.",
    });
  }
  const lock = await resolveLock(requests, {
    architecture,
    archive: (suite) => project.sources.archive(suite, datesOf(known)),
    registry: project.sources.registry,
    now: io.now(),
    signal: io.signal,
    onStep: (text) => phase.update(text),
  });
  await writeFile(`${file}.new`, formatLock(lock));
  await rename(`${file}.new`, file);
  return { lock, locked: "written" };
}

/** An archive older than the one a lock was made from is a replay. */
function datesOf(lock: Lock | undefined): ReadonlyMap<string, Date> {
  const entries = lock?.images.flatMap((image) => Object.entries(image.releases)) ?? [];
  const dates = new Map<string, Date>();
  for (const [suite, text] of entries) {
    const date = new Date(text);
    const known = dates.get(suite);
    if (known === undefined || known < date) dates.set(suite, date);
  }
  return dates;
}
