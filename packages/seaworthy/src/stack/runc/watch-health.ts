/** Runs a service's health check for as long as its container lives. */
import { setTimeout as delay } from "node:timers/promises";
import type { HealthCheck } from "../../engine/container.ts";
import type { Running } from "../../engine/engine.ts";
import type { HealthResult, ServiceStatus } from "../state.ts";
import { afterCheck, STARTING, untilNextCheck } from "./health.ts";

const OUTPUT_KEPT = 4096;

export async function watchHealth(
  running: Pick<Running, "exec">,
  check: HealthCheck,
  ended: AbortSignal,
  report: (status: ServiceStatus, result: HealthResult) => void,
): Promise<void> {
  const began = Date.now();
  let health = STARTING;
  while (!ended.aborted) {
    const wait = untilNextCheck(health, check, Date.now() - began);
    await delay(wait, undefined, { signal: ended }).catch(() => undefined);
    if (ended.aborted) return;
    const result = await checkOnce(running, check);
    // What a check saw of a container that was ending says nothing about its health.
    if (ended.aborted) return;
    health = afterCheck(health, check, result.code === 0, Date.now() - began);
    report(health.status, result);
  }
}

async function checkOnce(running: Pick<Running, "exec">, check: HealthCheck): Promise<HealthResult> {
  const startedAt = new Date().toISOString();
  try {
    const { code, timedOut, stdout, stderr } = await running.exec(check.argv, { timeout: check.timeout });
    const output = Buffer.concat([stdout, stderr]).subarray(0, OUTPUT_KEPT).toString();
    return { startedAt, finishedAt: new Date().toISOString(), code, timedOut, output };
  } catch (error) {
    const output = error instanceof Error ? error.message : String(error);
    return { startedAt, finishedAt: new Date().toISOString(), code: undefined, timedOut: false, output };
  }
}
