/** Checks that what a project mounts from the host is there; Docker would make an empty folder owned by root. */
import { access } from "node:fs/promises";
import { Fault } from "../fault/fault.ts";
import type { ComposeProject } from "./compose.ts";

/** @throws Fault `compose/bind-source` at the service's volumes */
export async function requireBindSources(project: ComposeProject): Promise<void> {
  for (const service of project.services.values()) {
    for (const mount of service.mounts) {
      if (mount.kind !== "bind") continue;
      try {
        await access(mount.source);
      } catch (error) {
        throw new Fault({
          code: "compose/bind-source",
          message: `expected ${mount.source}, which ${service.name} mounts at ${mount.target}, found nothing to open`,
          place: {
            file: project.file,
            line: project.source(["services", service.name, "volumes"]).line,
          },
          hint: "Create it first, or use a named volume.",
          cause: error,
        });
      }
    }
  }
}
