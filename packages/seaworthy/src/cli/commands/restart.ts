/** `seaworthy restart`. */
import { restart } from "../../verb/restart.ts";
import { type Command, DIRECTORY, PROJECT, projectOptions, SERVICES } from "../command.ts";

export const restartCommand: Command = {
  name: "restart",
  summary: "Stop services of the running stack and start them again",
  takes: [DIRECTORY],
  options: [...PROJECT, SERVICES],
  examples: [
    { line: "restart examples/myapp", does: "all of them, what others depend on first" },
    { line: "restart --service app", does: "one of them" },
  ],
  async run(given, io, output) {
    const restarted = await restart({ ...projectOptions(given), services: given.texts("service") }, io);
    output.json({ restarted });
    return 0;
  },
};
