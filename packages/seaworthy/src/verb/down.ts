/** `down`: stops the stack of a project and removes all that it made; with `volumes`, its data too. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { inPhase } from "../progress/progress.ts";
import { stopStack } from "../stack/stack.ts";
import { openProject } from "./project.ts";
import { removeProof } from "./running-stack.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export interface DownOptions extends ProjectOptions {
  readonly volumes: boolean;
}

/** Works after a crash too. @returns whether there was anything to stop */
export async function down(options: DownOptions, io: VerbIo): Promise<boolean> {
  const { compose, directories } = await openProject(options, io);
  return await inPhase(io.progress, "down", async () => {
    const was = await stopStack(compose.name, { runRoot: directories.run });
    await removeProof(directories, compose.name);
    if (options.volumes) {
      for (const [key, { name }] of compose.volumes) {
        const folder = name ?? `${compose.name}_${key}`;
        await rm(join(directories.state, "volumes", folder), { recursive: true, force: true });
      }
    }
    const data = options.volumes ? ", volumes removed" : "";
    return {
      value: was,
      summary: `${was ? `${compose.name} stopped` : `${compose.name} was not up`}${data}`,
    };
  });
}
