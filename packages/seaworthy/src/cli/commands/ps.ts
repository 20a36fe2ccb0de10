/** `seaworthy ps`. */
import { ps } from "../../verb/ps.ts";
import { type Command, DIRECTORY, PROJECT, projectOptions } from "../command.ts";
import { servicesTable } from "../services-table.ts";

export const psCommand: Command = {
  name: "ps",
  summary: "Show the services of the stack: status, health, ports",
  takes: [DIRECTORY],
  options: PROJECT,
  examples: [
    { line: "ps examples/myapp", does: "a table" },
    { line: "ps --json", does: "everything that is known, health checks included" },
  ],
  async run(given, io, output) {
    const state = await ps(projectOptions(given), io);
    output.json(state ?? { services: [] });
    output.line(state === undefined ? "not up" : servicesTable(state, io.now()));
    return 0;
  },
};
