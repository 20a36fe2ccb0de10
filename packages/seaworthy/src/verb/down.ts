/** `down`: stops the stack of a project and removes all that it made; with `volumes`, its data too. */
import { inPhase } from "../progress/progress.ts";
import { stackVolumes } from "../stack/compose-stack.ts";
import { openRuntime, removeProof } from "./running-stack.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export interface DownOptions extends ProjectOptions {
  readonly volumes: boolean;
}

/** Works after a crash too. @returns whether there was anything to stop */
export async function down(options: DownOptions, io: VerbIo): Promise<boolean> {
  const { project, runtime } = await openRuntime(options, io);
  const { name } = project.compose;
  return await inPhase(io.progress, "down", async () => {
    const own = [...stackVolumes(project.compose).values()].filter(({ external }) => !external);
    const volumes = options.volumes ? own.map((volume) => volume.name) : [];
    const was = await runtime.stop(name, { volumes, signal: io.signal });
    await removeProof(project, runtime);
    const data = options.volumes ? ", volumes removed" : "";
    return { value: was, summary: `${was ? `${name} stopped` : `${name} was not up`}${data}` };
  });
}
