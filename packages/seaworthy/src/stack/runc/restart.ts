/** Whether a container that ended is started again, and after how long. */
import type { Restart } from "../../engine/container.ts";
import type { Exit } from "../../engine/engine.ts";

const FIRST_DELAY = 100;
const LONGEST_DELAY = 60_000;
/** A container that ran so long is taken to have worked; its delays start anew. */
const WORKED = 10_000;

/** How many starts in a row have come to nothing, after one more that ran for `ranFor` milliseconds. */
export function failedStarts(before: number, ranFor: number): number {
  return ranFor >= WORKED ? 0 : before + 1;
}

/**
 * @param restarts how often it was started again so far
 * @param failed from {@link failedStarts}, this end included
 * @returns milliseconds to wait, doubling from 100 up to a minute as Docker does; `undefined` for never again
 */
export function restartDelay(
  restart: Restart,
  exit: Pick<Exit, "code">,
  restarts: number,
  failed: number,
): number | undefined {
  const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.max(0, failed - 1));
  switch (restart.policy) {
    case "no":
      return undefined;
    case "always":
    case "unless-stopped":
      return delay;
    case "on-failure": {
      const allowed = restart.attempts === undefined || restarts < restart.attempts;
      return exit.code !== 0 && allowed ? delay : undefined;
    }
  }
}
