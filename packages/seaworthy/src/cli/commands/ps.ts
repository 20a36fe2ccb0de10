/** `seaworthy ps`. */
import { watchStack } from "../../verb/ps.ts";
import { type Command, DIRECTORY, PROJECT, projectOptions, WATCH } from "../command.ts";
import { servicesTable } from "../services-table.ts";

export const psCommand: Command = {
  name: "ps",
  summary: "Show the services of the stack: status, health, ports",
  takes: [DIRECTORY],
  options: [...PROJECT, WATCH],
  examples: [
    { line: "ps examples/myapp", does: "a table" },
    { line: "ps --watch", does: "the same, and whatever becomes of it until Ctrl-C" },
    { line: "ps --json", does: "everything that is known, health checks included" },
  ],
  async run(given, io, output) {
    const watch = given.flag("watch");
    for await (const state of watchStack(projectOptions(given), io)) {
      const text = state === undefined ? "not up" : servicesTable(state, io.now());
      output.json(state ?? { services: [] });
      if (!watch) {
        output.line(text);
        return 0;
      }
      output.redraw(text);
    }
    output.line();
    return 0;
  },
};
