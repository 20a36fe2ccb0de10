/** `seaworthy ship`. */
import type { Command } from "../command.ts";
import { proveCommand } from "./prove.ts";

/** A proof brings up what does not run yet, from source if need be: that is all of the pipeline. */
export const shipCommand: Command = {
  ...proveCommand,
  name: "ship",
  summary: "Plan, build, start, attack and report, then stop: the whole proof in one command",
  examples: [
    { line: "ship examples/myapp", does: "from source to report" },
    { line: "ship --frozen --json", does: "in a pipeline: the lock must fit, the exit code decides" },
  ],
};
