/** A service that hangs still takes connections, for the kernel does: a health check that only connects never notices. */
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Attempt, Finding, Step, Text } from "@seaworthy/evidence";
import type { HealthCheck } from "../../engine/container.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { errnoOf } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import { processTree } from "../../net/listeners.ts";
import { healthy } from "../../posture/stack-claims/healthy.ts";
import { checkedAs, readHealth } from "./healthy.ts";
import { attempt, conclude, firstProcess, notUp, type StackScene, stateOf } from "./scene.ts";

const CLAIM: Text = {
  en: "The health check notices a service that hangs",
  ru: "Проверка здоровья замечает, что служба зависла",
};
const FIX: Text = {
  en: "a check that waits for an answer of the service, not only for a connection",
  ru: "проверка, которая ждёт ответа службы, а не только соединения",
};

/** In milliseconds. So long a check that did pass may take to pass again. */
const PATIENCE = 5_000;
/** A check that takes this many times as long as it did has noticed something; and no less than a second. */
const SLOWER = 5;
const LEAST_PATIENCE = 1_000;

/**
 * Of the double: the same check while the service works, and while all its processes stand still.
 * @returns `undefined` for a service that is not healthy, or that nobody checks: that is a finding already
 */
export async function proveNoticesHang(
  scene: StackScene,
  service: StackService,
): Promise<Finding | undefined> {
  const { healthCheck } = service;
  if (healthCheck === undefined || readHealth(service, stateOf(scene, service)).outcome !== "refused")
    return undefined;
  const { hung, works } = await bothWays(scene, service, healthCheck);
  return conclude(scene, service, { ...healthy, probe: "hung", claim: CLAIM, fix: FIX }, hung, works, {
    en: "the service goes on",
    ru: "служба продолжает работу",
  });
}

interface BothWays {
  readonly hung: Attempt;
  readonly works?: Attempt;
}

async function bothWays(scene: StackScene, service: StackService, check: HealthCheck): Promise<BothWays> {
  const { name } = service.container;
  const live = await firstProcess(scene, service);
  if (typeof live !== "number") return { hung: live };
  const unable = notUp(scene, name);
  const first = scene.double.pid(name);
  if (unable !== undefined || first === undefined)
    return { hung: unable ?? attempt("unable", "its double does not run", "дубль не работает") };
  const { took, works } = await whileItWorks(scene, name, check);
  const patience = Math.min(check.timeout, Math.max(LEAST_PATIENCE, took * SLOWER));
  const stopped = new Set<number>();
  try {
    await stopAll(first, stopped);
    return { hung: await whileItHangs(scene, name, check, patience), works };
  } catch (error) {
    const problem = error instanceof Fault ? error.message : errnoOf(error);
    if (problem === undefined) throw error;
    return { hung: attempt("unable", problem, problem) };
  } finally {
    for (const pid of stopped) signalled(pid, "SIGCONT");
  }
}

/** The twin. Others of the stack may have hung just before, and it may have to come to itself. */
async function whileItWorks(
  { double, signal }: StackScene,
  name: string,
  { argv, timeout }: HealthCheck,
): Promise<{ readonly took: number; readonly works: Attempt }> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const began = performance.now();
    const result = await double.exec(name, argv, { timeout: Math.min(timeout, PATIENCE) });
    const took = performance.now() - began;
    const steps: readonly Step[] = [{ did: argv.join(" "), saw: checkedAs(result) }];
    if (result.code === 0)
      return { took, works: attempt("breached", "the check passes", "проверка проходит", steps) };
    signal?.throwIfAborted();
    if (Date.now() >= deadline)
      return { took, works: attempt("refused", "the check does not pass", "проверка не проходит", steps) };
    await delay(100);
  }
}

async function whileItHangs(
  { double }: StackScene,
  name: string,
  { argv }: HealthCheck,
  timeout: number,
): Promise<Attempt> {
  const result = await double.exec(name, argv, { timeout });
  const saw = result.timedOut ? `no answer in ${Math.round(timeout)} ms` : checkedAs(result);
  const steps: readonly Step[] = [
    { did: "SIGSTOP to each of its processes", saw: "stopped" },
    { did: argv.join(" "), saw },
  ];
  return result.code === 0
    ? attempt(
        "breached",
        "the check passes while the service hangs",
        "служба зависла, а проверка проходит",
        steps,
      )
    : attempt("refused", "the check does not pass", "проверка не проходит", steps);
}

/** One that was about to start another one may have done so before its turn came. */
const MOST_ROUNDS = 10;

/**
 * @param stopped what was stopped so far, also when this fails
 * @throws Error EPERM
 */
async function stopAll(first: number, stopped: Set<number>): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const moving = (await processTree(first)).filter((pid) => !stopped.has(pid));
    if (moving.length === 0) return;
    for (const pid of moving) {
      signalled(pid, "SIGSTOP");
      stopped.add(pid);
    }
    await standStill(moving);
  }
}

/** A process that waits in the kernel stops when it is back. */
async function standStill(pids: readonly number[]): Promise<void> {
  const isMoving = async (pid: number): Promise<boolean> => {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    return stat !== "" && !/\) [TZX] /.test(stat);
  };
  for (const deadline = Date.now() + LEAST_PATIENCE; Date.now() < deadline; await delay(5))
    if (!(await Promise.all(pids.map(isMoving))).includes(true)) return;
}

function signalled(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}
