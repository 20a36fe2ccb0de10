/** Uses a copy of the stack: waits for its health, runs the user's own exercise, and stops and starts each service once. */
import { setTimeout as delay } from "node:timers/promises";
import type { StackService } from "../engine/stack-service.ts";
import { type CopyOptions, copyStack } from "../harden/copy-stack.ts";
import { isNeeded, startOrder } from "../harden/search-stack.ts";
import { isDone, isUp, problemOf, settle } from "../harden/settle.ts";
import { run } from "../shell/run.ts";
import type { StackRuntime } from "../stack/stack-runtime.ts";
import type { StackSpec } from "../stack/stack-spec.ts";

export interface ExerciseOptions extends CopyOptions {
  readonly runtime: StackRuntime;
  /** What is done to each service of the copy. */
  change(service: StackService): StackService;
  /** Of the user, for a shell on this machine; `undefined` when health is all the exercise there is. */
  readonly command: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

export interface Exercised {
  /** Why a service does not work, by service. */
  readonly problems: ReadonlyMap<string, string>;
  /** How the command failed, when it did: its last words. */
  readonly failure: string | undefined;
}

export function isWorking({ problems, failure }: Exercised): boolean {
  return problems.size === 0 && failure === undefined;
}

/** In milliseconds. */
const PATIENCE = 120_000;
const COMMAND_TIMEOUT = 600_000;
/** A few health checks, and what a service does by the clock. */
const IDLE_TIME = 2_000;
const LAST_WORDS = 2_000;

export async function exercise(spec: StackSpec, options: ExerciseOptions): Promise<Exercised> {
  const { runtime, command, env, signal } = options;
  const plain = await copyStack(spec, spec.services, options);
  const copy = { ...plain, services: plain.services.map(options.change) };
  const volumes = [...copy.volumes.values()].map(({ name }) => name);
  // Of one that was killed: its data would be taken for ours.
  await runtime.stop(copy.project, { volumes, signal });
  try {
    await using handle = await runtime.start(copy, { leash: true, signal });
    const look = async (former: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, string>> => {
      const { services } = await settle(handle, copy.services, { patience: PATIENCE, signal, former });
      return new Map(services.filter((one) => !isUp(one)).map((one) => [one.name, problemOf(one)]));
    };
    const first = await look(new Map());
    if (first.size > 0) return { problems: first, failure: undefined };
    await delay(IDLE_TIME, undefined, { signal });
    const failure =
      command === undefined
        ? undefined
        : await carryOut(command, { ...env, ...addresses(copy.services) }, signal);
    if (failure !== undefined) return { problems: new Map(), failure };
    const former = new Map<string, number>();
    for (const name of startOrder(copy.services)) {
      const state = handle.state().services.find((one) => one.name === name);
      if (state === undefined || isDone(state)) continue;
      if (state.pid !== undefined) former.set(name, state.pid);
      await runtime.bounce(copy.project, name);
      // As on a first start: one that needs another finds it. All of them at once, on a busy machine, would give up waiting.
      if (isNeeded(name, copy.services))
        await settle(handle, copy.services, { patience: PATIENCE, signal, former, only: name });
    }
    return { problems: await look(former), failure: undefined };
  } finally {
    await runtime.stop(copy.project, { volumes });
  }
}

/** `SEAWORTHY_APP_8000=127.0.0.2:40123`, for each port that is published. */
export function addresses(services: readonly StackService[]): Readonly<Record<string, string>> {
  const pairs = services.flatMap(({ container, ports }) =>
    ports.map(({ address, published, target }): [string, string] => [
      `SEAWORTHY_${container.name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}_${target}`,
      `${address}:${published}`,
    ]),
  );
  return Object.fromEntries(pairs);
}

async function carryOut(
  command: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { code, stdout, stderr, timedOut } = await run(["/bin/sh", "-c", command], {
    ...{ env, timeout: COMMAND_TIMEOUT, signal },
  });
  if (code === 0) return undefined;
  const said = Buffer.concat([stdout, stderr]).toString("utf8").trim().slice(-LAST_WORDS);
  const end = timedOut ? `no end after ${COMMAND_TIMEOUT / 1000} s` : `exit code ${code}`;
  return said === "" ? end : `${end}:\n${said}`;
}
