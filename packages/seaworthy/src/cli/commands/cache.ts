/** `seaworthy cache`. */
import { cache } from "../../verb/cache.ts";
import type { Command } from "../command.ts";
import { size } from "../text.ts";

export const cacheCommand: Command = {
  name: "cache",
  summary: "Show how much the cache holds, or empty it",
  takes: [],
  options: [{ name: "clear", summary: "remove it; everything in it can be fetched or made again" }],
  examples: [
    { line: "cache", does: "where it is and how big" },
    { line: "cache --clear", does: "start anew" },
  ],
  async run(given, io, output) {
    const { directory, bytes, cleared } = await cache({ clear: given.flag("clear") }, io);
    output.json({ directory, bytes, cleared });
    output.line(`${directory}  ${size(bytes)}${cleared ? " removed" : ""}`);
    return 0;
  },
};
