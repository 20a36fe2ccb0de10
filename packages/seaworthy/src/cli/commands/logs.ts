/** `seaworthy logs`. */
import { Fault } from "../../fault/fault.ts";
import type { ServiceLogLine } from "../../stack/stack-runtime.ts";
import { logs } from "../../verb/logs.ts";
import { type Command, DIRECTORY, PROJECT, projectOptions, SERVICE } from "../command.ts";

export const logsCommand: Command = {
  name: "logs",
  summary: "Print what the services of the running stack printed",
  takes: [DIRECTORY],
  options: [
    ...PROJECT,
    SERVICE,
    { name: "tail", value: "N", summary: "the last N lines of each service" },
    { name: "follow", summary: "go on until the stack is down" },
  ],
  examples: [
    { line: "logs examples/myapp", does: "all services, in the order of time" },
    { line: "logs --service db --tail 20 --follow", does: "the end of one log, and what comes" },
  ],
  async run(given, io, output) {
    const follow = given.flag("follow");
    const lines = logs(
      {
        ...projectOptions(given),
        ...{ follow, service: given.text("service"), tail: count(given.text("tail")) },
      },
      io,
    );
    if (follow) {
      for await (const line of lines) {
        output.json(line);
        output.line(`${line.service} | ${line.text}`);
      }
      return 0;
    }
    const all: ServiceLogLine[] = [];
    for await (const line of lines) all.push(line);
    output.json(all);
    const width = Math.max(0, ...all.map(({ service }) => service.length));
    for (const { service, text } of all) output.line(`${service.padEnd(width)} | ${text}`);
    return 0;
  },
};

function count(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Fault({ code: "cli/usage", message: `expected a number of lines after --tail, found "${text}"` });
}
