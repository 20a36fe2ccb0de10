/** `seaworthy exec`. */
import { Fault } from "../../fault/fault.ts";
import { exec } from "../../verb/exec.ts";
import { type Command, PROJECT, projectOptions } from "../command.ts";

export const execCommand: Command = {
  name: "exec",
  summary: "Run a program in a service of the running stack, confined as the service is",
  takes: [
    { name: "SERVICE", optional: false },
    { name: "COMMAND...", optional: false, isProgram: true },
  ],
  options: [
    ...PROJECT,
    { name: "stdin", short: "i", summary: "give the program what is piped in" },
    { name: "directory", value: "DIR", summary: "the folder of the Compose file; this one otherwise" },
  ],
  examples: [
    { line: "exec app node -v", does: "what follows the program's name is the program's own" },
    { line: "exec -i db psql -U myapp mydb < dump.sql", does: "with what is piped in" },
    { line: "exec --directory examples/myapp redis redis-cli ping", does: "in another project" },
  ],
  async run(given, io, output) {
    const [service = "", ...argv] = given.positionals;
    const result = await exec(
      {
        ...projectOptions(given),
        directory: given.text("directory") ?? ".",
        stdin: given.flag("stdin"),
        service,
        argv,
      },
      io,
    );
    const [stdout, stderr] = [result.stdout, result.stderr].map((bytes) =>
      Buffer.from(bytes).toString("utf8"),
    );
    output.json({ code: result.code ?? null, stdout, stderr });
    for (const text of [stdout, stderr]) if (text !== "") output.line(text?.replace(/\n$/, ""));
    if (result.code === 0) return 0;
    throw new Fault({
      code: "exec/failed",
      message: `expected ${argv[0]} to end with 0 in ${service}, found ${result.code ?? "that it was killed"}`,
      exit: 1,
    });
  },
};
