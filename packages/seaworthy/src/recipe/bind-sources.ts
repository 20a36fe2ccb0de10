/** Checks that what a project mounts from the host is there; only where the file asks for it an empty folder is made. */
import { access, mkdir } from "node:fs/promises";
import { Fault } from "../fault/fault.ts";
import type { ComposeProject } from "./compose.ts";

/** @throws Fault `compose/bind-source` at the service's volumes */
export async function ensureBindSources(project: ComposeProject): Promise<void> {
  for (const service of project.services.values()) {
    for (const mount of service.mounts) {
      if (mount.kind !== "bind") continue;
      try {
        if (mount.createSource === true) await mkdir(mount.source, { recursive: true });
        await access(mount.source);
      } catch (error) {
        throw new Fault({
          code: "compose/bind-source",
          message: `expected ${mount.source}, which ${service.name} mounts at ${mount.target}, found nothing to open`,
          place: project.place(["services", service.name, "volumes"]),
          hint: "Create it first, or use a named volume.",
          cause: error,
        });
      }
    }
  }
}
