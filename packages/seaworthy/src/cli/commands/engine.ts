/** `seaworthy engine`. */
import { engine } from "../../verb/engine.ts";
import type { Command } from "../command.ts";
import { ENGINE, MIRROR } from "../command.ts";
import { table } from "../text.ts";

export const engineCommand: Command = {
  name: "engine",
  summary: "Show what runs the containers on this machine, and what it can enforce",
  takes: [],
  options: [ENGINE, MIRROR],
  examples: [
    { line: "engine", does: "a short list" },
    { line: "engine --json", does: "the same for machines" },
  ],
  async run(given, io, output) {
    const { facts, passedOver } = await engine(
      { mirror: given.text("mirror"), engine: given.text("engine") },
      io,
    );
    output.json({
      ...facts,
      unable: Object.fromEntries(facts.unable),
      passedOver,
    });
    output.line(
      table([
        ["engine", facts.version],
        ["kernel", `${facts.kernel} (${facts.architecture})`],
        ["cgroups", facts.cgroup],
        ["capabilities", `${facts.capabilities.length} that a container could be given`],
        ["runs", facts.rootless ? "without root" : facts.local ? "as root, here" : "on another machine"],
        ["unable", facts.unable.size === 0 ? "nothing: it enforces all that is asked" : ""],
        ...[...facts.unable].map(([what, why]) => ["", `${what}: ${why}`]),
        [`not ${passedOver.engine}`, passedOver.reason],
      ]),
    );
    return 0;
  },
};
