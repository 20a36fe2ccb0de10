/** `seaworthy up`. */
import { up } from "../../verb/up.ts";
import { type Command, DIRECTORY, IMAGES, PROJECT, projectOptions } from "../command.ts";
import { servicesTable } from "../services-table.ts";

export const upCommand: Command = {
  name: "up",
  summary: "Build what is missing, start the stack, and wait until it is healthy",
  takes: [DIRECTORY],
  options: [...PROJECT, ...IMAGES],
  examples: [
    { line: "up examples/myapp", does: "start it, and leave it running" },
    { line: "up --frozen", does: "as in a pipeline: the lock must be there and fit" },
  ],
  async run(given, io, output) {
    const state = await up(projectOptions(given), io);
    output.json(state);
    output.line();
    output.line(servicesTable(state, io.now()));
    return 0;
  },
};
