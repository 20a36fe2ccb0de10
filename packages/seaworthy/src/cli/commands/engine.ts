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
    const { facts, foundAt, passedOver } = await engine(
      { mirror: given.text("mirror"), engine: given.text("engine") },
      io,
    );
    output.json({
      ...facts,
      foundAt,
      unable: Object.fromEntries(facts.unable),
      passedOver,
    });
    output.line(
      table([
        ["engine", facts.version],
        ["found at", foundAt],
        ["kernel", `${facts.kernel} (${facts.architecture})`],
        ["cgroups", facts.cgroup],
        ["capabilities", `${facts.capabilities.length} that a container could be given`],
        ["runs", facts.rootless ? "without root" : facts.local ? "as root, here" : "on another machine"],
        ["unable", facts.unable.size === 0 ? "nothing: it enforces all that is asked" : ""],
        ...[...facts.unable].map(([what, why]) => ["", `${what}: ${why}`]),
        [`not ${passedOver.engine}`, passedOver.reason],
        ["choose", `with --engine ${passedOver.engine}, or SEAWORTHY_ENGINE=${passedOver.engine}`],
      ]),
    );
    return 0;
  },
};
