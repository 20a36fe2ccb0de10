/** `seaworthy seccomp`. */
import { Fault } from "../../fault/fault.ts";
import { seccompFile } from "../../verb/seccomp.ts";
import type { Command } from "../command.ts";

export const seccompCommand: Command = {
  name: "seccomp",
  summary: "Print a seccomp profile, for security_opt of a Compose file",
  takes: [],
  options: [
    { name: "posture", value: "baseline|strict", summary: "how much it refuses; baseline when left out" },
  ],
  examples: [
    { line: "seccomp --posture strict > seccomp.json", does: 'then security_opt: ["seccomp=seccomp.json"]' },
    { line: "seccomp", does: "what every container gets that names none" },
  ],
  run(given, _io, output) {
    const posture = given.text("posture") ?? "baseline";
    if (posture !== "baseline" && posture !== "strict") {
      throw new Fault({
        code: "cli/usage",
        message: `expected baseline or strict after --posture, found "${posture}"`,
      });
    }
    const file = seccompFile(posture);
    output.json(JSON.parse(file));
    output.line(file.trimEnd());
    return Promise.resolve(0);
  },
};
