/** `seaworthy logs`. */
import { Fault } from "../../fault/fault.ts";
import { parseDuration } from "../../recipe/durations.ts";
import type { ServiceLogLine } from "../../stack/stack-runtime.ts";
import { logs } from "../../verb/logs.ts";
import { type Command, DIRECTORY, PROJECT, projectOptions, SERVICES } from "../command.ts";
import { logPrinter } from "../log-printer.ts";

export const logsCommand: Command = {
  name: "logs",
  summary: "Print what the services of the running stack printed",
  takes: [DIRECTORY],
  options: [
    ...PROJECT,
    SERVICES,
    { name: "tail", short: "n", value: "N", summary: "the last N lines of each service" },
    {
      name: "since",
      value: "TIME",
      summary: "what came after a time (2026-01-31T12:00:00Z), or in the last 10m",
    },
    { name: "follow", summary: "go on until the stack is down" },
    { name: "timestamps", short: "t", summary: "with the time of each line" },
    { name: "no-prefix", summary: "the lines alone, without the service's name" },
  ],
  examples: [
    { line: "logs examples/myapp", does: "all services, in the order of time" },
    { line: "logs --service db --tail 20 --follow", does: "the end of one log, and what comes" },
    { line: "logs --since 10m --timestamps", does: "the last ten minutes" },
  ],
  async run(given, io, output) {
    const follow = given.flag("follow");
    const { services, lines } = await logs(
      {
        ...{ ...projectOptions(given), follow, services: given.texts("service") },
        ...{ tail: count(given.text("tail")), since: since(given.text("since"), io.now()) },
      },
      io,
    );
    const print = logPrinter(services, {
      ...{ prefix: !given.flag("no-prefix"), timestamps: given.flag("timestamps"), colour: output.colour },
    });
    const all: ServiceLogLine[] = [];
    for await (const line of lines) {
      output.line(print(line));
      if (follow) output.json(line);
      else all.push(line);
    }
    if (!follow) output.json(all);
    return 0;
  },
};

function count(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Fault({ code: "cli/usage", message: `expected a number of lines after --tail, found "${text}"` });
}

function since(text: string | undefined, now: Date): Date | undefined {
  if (text === undefined) return undefined;
  const ago = parseDuration(text);
  const time = ago === undefined ? Date.parse(text) : now.getTime() - ago;
  if (!Number.isNaN(time)) return new Date(time);
  throw new Fault({
    code: "cli/usage",
    message: `expected a time like 2026-01-31T12:00:00Z or 10m after --since, found "${text}"`,
  });
}
