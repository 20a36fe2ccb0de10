/** `seaworthy new`. */
import { relative } from "node:path";
import { scaffold } from "../../verb/new.ts";
import type { Command } from "../command.ts";

export const newCommand: Command = {
  name: "new",
  summary: "Begin a service in TypeScript with its database and cache, hardened from the start",
  takes: [{ name: "NAME", optional: false }],
  options: [],
  examples: [
    { line: "new shop", does: "a folder of that name, ready to ship" },
    { line: "new services/shop", does: "the same in another place" },
  ],
  async run(given, _, output) {
    const made = await scaffold(given.positionals[0] ?? "");
    const folder = relative(".", made.directory);
    output.json(made);
    output.line(`${made.files} files in ${folder}`);
    output.line();
    output.line("Next:");
    output.line(`  cd ${folder} && npm ci && npm test`);
    output.line(`  seaworthy ship ${folder}`);
    return 0;
  },
};
