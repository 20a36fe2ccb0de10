/** Writes what was proved, beside the Compose file: `.seaworthy/report.json`, `report.md`, `report.junit.xml` and `report.sarif`. */
import { join, relative } from "node:path";
import type { Report, ReportService } from "@seaworthy/evidence";
import type { StackService } from "../engine/stack-service.ts";
import { inPhase } from "../progress/progress.ts";
import { assembleReport } from "../report/assemble.ts";
import { imageFacts } from "../report/image-facts.ts";
import type { Language } from "../report/render/language.ts";
import { type ReportFiles, writeReport } from "../report/write.ts";
import { securityModules, unseenConfinement } from "../stack/security-modules.ts";
import type { ServiceState } from "../stack/state.ts";
import { pinnedBy } from "./pinned-by.ts";
import type { Proved } from "./prove.ts";
import { sarifOf } from "./sarif.ts";
import type { VerbIo } from "./verb.ts";
import { version } from "./version.ts";

export interface Proof {
  readonly report: Report;
  readonly files: ReportFiles;
}

const NOT_PINNED = "nothing in the project: another image may come under the same name";

/** @param repeat the command that does the same once more */
export async function writeProof(
  { up, findings, reach, confinement }: Proved,
  language: Language,
  io: VerbIo,
  repeat = `seaworthy prove ${relative(process.cwd(), up.built.project.compose.directory) || "."}`,
): Promise<Proof> {
  return await inPhase(io.progress, "report", async () => {
    const { project, digest, services } = up.built;
    const engine = await up.runtime.engine.facts();
    const modules = engine.local ? await securityModules() : undefined;
    const report = assembleReport(
      {
        tool: { name: "seaworthy", version: await version() },
        createdAt: io.now().toISOString(),
        project: project.compose.name,
        plan: digest,
        engine: {
          version: engine.version,
          kernel: engine.kernel,
          architecture: engine.architecture,
          cgroup: engine.cgroup,
          ...(modules === undefined ? {} : { securityModules: modules }),
        },
        images: await Promise.all(
          services.map(async (one) =>
            imageFacts(project.store, one.service, await one.stored(), pinnedBy(up.built, one) ?? NOT_PINNED),
          ),
        ),
        services: up.spec.services.map((service) =>
          serviceFacts(service, up.state.services, confinement.get(service.container.name)),
        ),
        reach,
        repeat,
      },
      findings,
    );
    const { directory, name } = project.compose;
    const sarif = await sarifOf({ project: name, directory, findings: report.findings }, language);
    const files = await writeReport(join(directory, ".seaworthy"), report, { language, sarif });
    return { value: { report, files }, summary: relative(process.cwd(), files.markdown) };
  });
}

function serviceFacts(
  { container, ports }: StackService,
  states: readonly ServiceState[],
  confinement: string | undefined,
): ReportService {
  const state = states.find(({ name }) => name === container.name);
  const problem = state?.status === "unhealthy" ? state.health.at(-1)?.output.trim() : state?.failure;
  const { memory, pids, cpus } = container.limits;
  const unseen = unseenConfinement(container.extras ?? {}, confinement);
  return {
    name: container.name,
    image: container.image.reference,
    status: state?.status ?? "missing",
    ports,
    restarts: state?.restarts ?? 0,
    limits: {
      ...(memory === undefined ? {} : { memory }),
      ...(pids === undefined ? {} : { pids }),
      ...(cpus === undefined ? {} : { cpus }),
    },
    ...(problem === undefined || problem === "" ? {} : { problem }),
    ...(confinement === undefined ? {} : { confinement }),
    ...(unseen.length === 0 ? {} : { confinementUnseen: unseen }),
  };
}
