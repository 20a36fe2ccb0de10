/** What the probes of a whole stack are given: the live one, and a double that may be disturbed. */
import type { Attempt, Finding, SourceLine, Text } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import type { StackClaim } from "../../posture/stack-claim.ts";
import type { StackRuntime } from "../../stack/stack-runtime.ts";
import type { ServiceState, StackState } from "../../stack/state.ts";
import { judge } from "../judge.ts";
import type { DoubleStack } from "./double-stack.ts";

export type Role = "app" | "postgres" | "redis";

export interface StackScene {
  readonly services: readonly StackService[];
  readonly state: StackState;
  readonly double: DoubleStack;
  readonly runtime: StackRuntime;
  /** In the container, by service: what the service listens on, and what its image and its `ports` name. */
  readonly insidePorts: ReadonlyMap<string, readonly number[]>;
  readonly signal: AbortSignal | undefined;
  role(service: string): Role;
  source(service: string, key: string): SourceLine | undefined;
}

export function stateOf(scene: StackScene, service: StackService): ServiceState | undefined {
  return scene.state.services.find(({ name }) => name === service.container.name);
}

/** Whether it was a job, not a server: it did its work and ended with 0. */
export function isDone(state: ServiceState | undefined): boolean {
  return state?.settled === true && state.exitCode === 0 && state.failure === undefined;
}

/** Of a service that runs where this program does; what to say where there is none to look at. */
export async function firstProcess(scene: StackScene, service: StackService): Promise<number | Attempt> {
  const state = stateOf(scene, service);
  if (isDone(state)) return attempt("absent", "it has ended, as it should", "она завершилась, как и должна");
  const { local } = await scene.runtime.engine.facts();
  if (!local)
    return attempt("unable", "its processes are on another machine", "её процессы на другой машине");
  return state?.pid ?? attempt("unable", "it does not run", "она не работает");
}

/** What to say of a service whose double did not come up; `undefined` when it did. */
export function notUp({ double }: StackScene, service: string): Attempt | undefined {
  const problem = double.problem(service);
  if (problem === undefined) return undefined;
  return attempt("unable", `its double is not up: ${problem}`, `дубль не запустился: ${problem}`);
}

export function attempt(
  outcome: Attempt["outcome"],
  en: string,
  ru: string,
  steps: Attempt["steps"] = [],
): Attempt {
  return { outcome, summary: { en, ru }, steps };
}

/** Two attempts and a claim to a finding; `probe` is named where the claim is put to the test in other ways, too. */
export function conclude(
  scene: StackScene,
  { container }: StackService,
  {
    control,
    probe,
    claim,
    key,
    fix,
    mechanism,
  }: StackClaim & { readonly probe?: string; readonly mechanism?: Text },
  hardened: Attempt,
  twin: Attempt | undefined,
  loosened: Text | undefined,
): Finding {
  const { verdict, reason } = judge(hardened, twin);
  const source = scene.source(container.name, key);
  return {
    id: `${probe === undefined ? control : `${control}.${probe}`}/${container.name}`,
    ...{ control, kind: "control", service: container.name, claim, verdict },
    ...(reason === undefined ? {} : { reason }),
    hardened,
    ...(twin === undefined ? {} : { twin }),
    ...(twin === undefined || loosened === undefined ? {} : { loosened }),
    ...(twin === undefined || mechanism === undefined ? {} : { mechanism }),
    ...(source === undefined ? {} : { source }),
    fix,
  };
}
