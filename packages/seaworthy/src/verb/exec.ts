/** `exec`: runs a program in a service of the running stack, confined like the service itself. */
import type { ExecResult } from "../engine/engine.ts";
import { openRuntime } from "./running-stack.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export interface ExecOptions extends ProjectOptions {
  readonly service: string;
  readonly argv: readonly string[];
  /** Whether the program gets what is piped in; its standard input is empty otherwise. */
  readonly stdin?: boolean;
}

/** @throws Fault `stack/not-running`, `stack/unknown-service` */
export async function exec(
  { service, argv, stdin, ...options }: ExecOptions,
  io: VerbIo,
): Promise<ExecResult> {
  const { project, runtime } = await openRuntime(options, io);
  const piped = stdin === true ? await io.stdin?.() : undefined;
  return await runtime.exec(project.compose.name, service, argv, piped === undefined ? {} : { stdin: piped });
}
