/** Where each service's image comes from on this engine: assembled here, built from its Dockerfile, or pulled. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../fault/fault.ts";
import type { ComposeService } from "../recipe/compose-service.ts";
import { serviceKind } from "../recipe/service-kind.ts";
import type { Project } from "./project.ts";
import type { ProjectOptions } from "./verb.ts";

export interface ImageSource {
  readonly service: ComposeService;
  readonly source: "assemble" | "dockerfile" | "pull";
  /** Whether it could be assembled: such services are in the lock, whichever engine made it. */
  readonly canAssemble: boolean;
}

/**
 * In the Compose file's order. runc has images from nobody else, so there all are assembled; with a Docker Engine the
 * team's own services that Seaworthy knows how to build are assembled too, and what has a name is pulled.
 */
export async function imageSources(
  { compose, host }: Pick<Project, "compose" | "host">,
  options: Pick<ProjectOptions, "dockerfile" | "assemble">,
): Promise<readonly ImageSource[]> {
  return await Promise.all(
    [...compose.services.values()].map(async (service): Promise<ImageSource> => {
      if (host.engine === "runc") return { service, source: "assemble", canAssemble: true };
      const canAssemble = await serviceKind(compose, service).then(() => true, isNoKind);
      return { service, canAssemble, source: await sourceOf(service, canAssemble, options) };
    }),
  );
}

async function sourceOf(
  service: ComposeService,
  canAssemble: boolean,
  { dockerfile, assemble }: Pick<ProjectOptions, "dockerfile" | "assemble">,
): Promise<ImageSource["source"]> {
  if (service.build === undefined) return assemble === true && canAssemble ? "assemble" : "pull";
  const wantsDockerfile = dockerfile === true && (await hasDockerfile(service.build));
  return canAssemble && !wantsDockerfile ? "assemble" : "dockerfile";
}

async function hasDockerfile(build: NonNullable<ComposeService["build"]>): Promise<boolean> {
  const file = join(build.context, build.dockerfile ?? "Dockerfile");
  return await access(file).then(
    () => true,
    () => false,
  );
}

function isNoKind(error: unknown): false {
  if (error instanceof Fault) return false;
  throw error;
}
