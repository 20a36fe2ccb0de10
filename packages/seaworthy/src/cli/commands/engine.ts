/** `seaworthy engine`. */
import { engine } from "../../verb/engine.ts";
import type { Command } from "../command.ts";
import { MIRROR } from "../command.ts";
import { table } from "../text.ts";

export const engineCommand: Command = {
  name: "engine",
  summary: "Show what runs the containers on this machine, and what it can enforce",
  takes: [],
  options: [MIRROR],
  examples: [
    { line: "engine", does: "a short list" },
    { line: "engine --json", does: "the same for machines" },
  ],
  async run(given, io, output) {
    const facts = await engine({ mirror: given.text("mirror") }, io);
    output.json(facts);
    output.line(
      table([
        ["engine", facts.version],
        ["kernel", `${facts.kernel} (${facts.architecture})`],
        ["cgroups", facts.cgroup],
        ["capabilities", `${facts.capabilities.length} that a container could be given`],
      ]),
    );
    return 0;
  },
};
