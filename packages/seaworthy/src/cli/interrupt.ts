/** Ctrl-C and its kin as an abort signal; what was started gets the time to stop. The second Ctrl-C does not wait. */
import { setMaxListeners } from "node:events";
import { Fault } from "../fault/fault.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs work that stops when the process is told to; then throws a Fault with exit code 2. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  // Every attack under way waits for it.
  setMaxListeners(0, controller.signal);
  let told: string | undefined;
  const stop = (name: string): void => {
    if (told !== undefined) process.exit(2);
    told = name;
    controller.abort(interrupted(name));
  };
  for (const name of SIGNALS) process.on(name, stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    throw told !== undefined && !(error instanceof Fault) ? interrupted(told) : error;
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
  }
}

function interrupted(by: string): Fault {
  return new Fault({
    code: "cli/interrupted",
    message: `stopped by ${by}; what was started has been stopped`,
    exit: 2,
  });
}
