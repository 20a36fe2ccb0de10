/** `restart`: stops services of the running stack and starts them again. */
import { Fault } from "../fault/fault.ts";
import { inPhase } from "../progress/progress.ts";
import type { ComposeProject } from "../recipe/compose.ts";
import { openRuntime } from "./running-stack.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

export interface RestartOptions extends ProjectOptions {
  /** All of the stack when left out. */
  readonly services?: readonly string[] | undefined;
}

/**
 * One after another, what others depend on first.
 * @returns their names in that order
 * @throws Fault `stack/not-running`, `stack/unknown-service`
 */
export async function restart(options: RestartOptions, io: VerbIo): Promise<readonly string[]> {
  const { project, runtime } = await openRuntime(options, io);
  const { compose } = project;
  if ((await runtime.read(compose.name)) === undefined) {
    throw new Fault({
      code: "stack/not-running",
      message: `expected project "${compose.name}" to be up, found it down`,
      hint: "Bring it up with `seaworthy up`.",
      exit: 2,
    });
  }
  const wanted = options.services ?? [...compose.services.keys()];
  const stranger = wanted.find((name) => !compose.services.has(name));
  if (stranger !== undefined) {
    throw new Fault({
      code: "stack/unknown-service",
      message: `expected a service of "${compose.name}" (${[...compose.services.keys()].join(", ")}), found "${stranger}"`,
    });
  }
  const ordered = inOrder(compose).filter((name) => wanted.includes(name));
  return await inPhase(io.progress, "restart", async (phase) => {
    for (const name of ordered) {
      io.signal.throwIfAborted();
      phase.update(name);
      await runtime.restart(compose.name, name);
    }
    return { value: ordered, summary: ordered.join(", ") };
  });
}

/** There are no circles: the Compose file was refused if it had one. */
function inOrder({ services }: ComposeProject): readonly string[] {
  const ordered = new Set<string>();
  const visit = (name: string): void => {
    for (const { service } of services.get(name)?.dependsOn ?? []) visit(service);
    ordered.add(name);
  };
  for (const name of services.keys()) visit(name);
  return [...ordered];
}
