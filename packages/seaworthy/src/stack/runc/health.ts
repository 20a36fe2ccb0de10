/** The health of a service by Docker's rules: what each check's result means, and when the next one is due. */
import type { HealthCheck } from "../../engine/container.ts";

export interface Health {
  readonly status: "starting" | "healthy" | "unhealthy";
  /** Failures in a row that counted. */
  readonly failures: number;
}

export const STARTING: Health = { status: "starting", failures: 0 };

/**
 * One success makes healthy. Failures count from the end of the start period, or from the first success, and
 * `retries` in a row make unhealthy.
 * @param age milliseconds since the container's start
 */
export function afterCheck(health: Health, check: HealthCheck, passed: boolean, age: number): Health {
  if (passed) return { status: "healthy", failures: 0 };
  if (health.status === "starting" && age < check.startPeriod) return health;
  const failures = health.failures + 1;
  return { status: failures >= check.retries ? "unhealthy" : health.status, failures };
}

/** Milliseconds to the next check; more often while it is starting up. */
export function untilNextCheck(health: Health, check: HealthCheck, age: number): number {
  const startingUp = health.status === "starting" && age < check.startPeriod;
  return startingUp ? Math.min(check.startInterval, check.interval) : check.interval;
}
