/** `ps`: the services of a project's stack as they are right now. */
import { readStack } from "../stack/stack.ts";
import type { StackState } from "../stack/state.ts";
import { openProject } from "./project.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

/** `undefined` when the stack is not up. */
export async function ps(options: ProjectOptions, io: VerbIo): Promise<StackState | undefined> {
  const { compose, directories } = await openProject(options, io);
  return await readStack(compose.name, { runRoot: directories.run });
}
