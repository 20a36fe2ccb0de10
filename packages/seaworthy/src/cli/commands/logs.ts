/** `seaworthy logs`. */
import { Fault } from "../../fault/fault.ts";
import { logs } from "../../verb/logs.ts";
import { type Command, DIRECTORY, PROJECT, projectOptions, SERVICE } from "../command.ts";

export const logsCommand: Command = {
  name: "logs",
  summary: "Print what the services of the running stack printed",
  takes: [DIRECTORY],
  options: [...PROJECT, SERVICE, { name: "tail", value: "N", summary: "the last N lines of each service" }],
  examples: [
    { line: "logs examples/myapp", does: "all services, in the order of time" },
    { line: "logs --service db --tail 20", does: "the end of one log" },
  ],
  async run(given, io, output) {
    const lines = await logs(
      { ...projectOptions(given), service: given.text("service"), tail: count(given.text("tail")) },
      io,
    );
    output.json(lines);
    const width = Math.max(0, ...lines.map(({ service }) => service.length));
    for (const { service, text } of lines) output.line(`${service.padEnd(width)} | ${text}`);
    return 0;
  },
};

function count(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Fault({ code: "cli/usage", message: `expected a number of lines after --tail, found "${text}"` });
}
