/** `exec`: runs a program in a service of the running stack, confined like the service itself. */
import type { ExecResult } from "../engine/engine.ts";
import { openRuntime } from "./running-stack.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export interface ExecOptions extends ProjectOptions {
  readonly service: string;
  readonly argv: readonly string[];
}

/** Its standard input is empty. @throws Fault `stack/not-running`, `stack/unknown-service` */
export async function exec({ service, argv, ...options }: ExecOptions, io: VerbIo): Promise<ExecResult> {
  const { project, runtime } = await openRuntime(options, io);
  return await runtime.exec(project.compose.name, service, argv);
}
