/** `seaworthy completion`. */
import { Fault } from "../../fault/fault.ts";
import type { Command } from "../command.ts";
import { COMPLETION_SCRIPTS } from "../completion-scripts.ts";

const SHELLS = Object.keys(COMPLETION_SCRIPTS);

export const completionCommand: Command = {
  name: "completion",
  summary: "Print what makes a shell complete commands, options and services",
  takes: [{ name: SHELLS.join("|"), optional: false }],
  options: [],
  examples: [
    { line: "completion bash >> ~/.bash_completion", does: "for bash, from the next one on" },
    { line: "completion fish > ~/.config/fish/completions/seaworthy.fish", does: "for fish" },
  ],
  run(given, _, output) {
    const [shell = ""] = given.positionals;
    const script = COMPLETION_SCRIPTS[shell];
    if (script === undefined) {
      throw new Fault({
        code: "cli/usage",
        message: `expected a shell (${SHELLS.join(", ")}), found "${shell}"`,
      });
    }
    output.json({ shell, script });
    output.line(script.trimEnd());
    return Promise.resolve(0);
  },
};
