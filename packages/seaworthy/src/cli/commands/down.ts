/** `seaworthy down`. */
import { down } from "../../verb/down.ts";
import { type Command, DIRECTORY, PROJECT, projectOptions } from "../command.ts";

export const downCommand: Command = {
  name: "down",
  summary: "Stop the stack and remove all that it made, also after a crash",
  takes: [DIRECTORY],
  options: [...PROJECT, { name: "volumes", short: "v", summary: "remove the data in its volumes too" }],
  examples: [
    { line: "down examples/myapp", does: "stop it; the data stays" },
    { line: "down -v", does: "stop it and forget everything" },
  ],
  async run(given, io, output) {
    const wasUp = await down({ ...projectOptions(given), volumes: given.flag("volumes") }, io);
    output.json({ wasUp });
    return 0;
  },
};
