/** The time that a service has before what it does counts, when nobody can ask it whether it is ready. */
import { setTimeout as delay } from "node:timers/promises";

/** In milliseconds, from its start. A program that loads slowly has set its handlers and opened its ports by then. */
const TIME_TO_BEGIN = 10_000;
const INTERVAL = 100;

/**
 * Resolves once it shows that it has begun its work, or has had the time to.
 * @param since when it was started, in milliseconds since the epoch
 */
export async function begun(
  shows: () => Promise<boolean>,
  since: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Math.min(since, Date.now()) + TIME_TO_BEGIN;
  while (Date.now() < deadline && !(await shows())) {
    signal?.throwIfAborted();
    await delay(INTERVAL);
  }
}
