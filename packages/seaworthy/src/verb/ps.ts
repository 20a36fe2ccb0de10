/** `ps`: the services of a project's stack as they are right now. */
import type { StackState } from "../stack/state.ts";
import { openRuntime } from "./running-stack.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

/** `undefined` when the stack is not up. */
export async function ps(options: ProjectOptions, io: VerbIo): Promise<StackState | undefined> {
  const { project, runtime } = await openRuntime(options, io);
  return await runtime.read(project.compose.name);
}
