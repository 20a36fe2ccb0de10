/** `seaworthy stats`. */
import { type ServiceUsage, stats } from "../../verb/stats.ts";
import { type Command, DIRECTORY, PROJECT, projectOptions } from "../command.ts";
import { size, table } from "../text.ts";

export const statsCommand: Command = {
  name: "stats",
  summary: "Show what each service of the running stack uses: processor, memory, processes",
  takes: [DIRECTORY],
  options: PROJECT,
  examples: [
    { line: "stats examples/myapp", does: "a table, measured over half a second" },
    { line: "stats --json", does: "the same for machines" },
  ],
  async run(given, io, output) {
    const usages = await stats(projectOptions(given), io);
    output.json(usages);
    output.line(
      usages.length === 0 ? "not up" : table([["SERVICE", "CPU", "MEMORY", "PROCESSES"], ...usages.map(row)]),
    );
    return 0;
  },
};

function row({ service, cpus, memory, memoryLimit, processes, processLimit }: ServiceUsage): string[] {
  const of = (limit: string | undefined): string => (limit === undefined ? "" : ` of ${limit}`);
  return [
    service,
    `${(cpus * 100).toFixed(1)} %`,
    `${size(memory)}${of(memoryLimit === undefined ? undefined : size(memoryLimit))}`,
    `${processes}${of(processLimit === undefined ? undefined : String(processLimit))}`,
  ];
}
