/** The composition root of the command line: finds the command, gives it what it needs, and turns what it throws into words. */
import { Fault } from "../fault/fault.ts";
import { closest } from "../recipe/closest.ts";
import { serviceNames } from "../verb/service-names.ts";
import { targetNames } from "../verb/target-names.ts";
import type { VerbIo } from "../verb/verb.ts";
import { version } from "../verb/version.ts";
import type { Command, Output } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { COMPLETE, complete } from "./complete.ts";
import { helpOf, overview } from "./help.ts";
import { interruptible } from "./interrupt.ts";
import { liveBlock } from "./live-block.ts";
import { wantsColour } from "./paint.ts";
import { parseCommandLine, withProgramApart } from "./parse.ts";
import { asJson, printBug, printFault } from "./print-fault.ts";
import { type ProgressStream, terminalProgress } from "./progress.ts";
import { servicesTable } from "./services-table.ts";
import { systemFault } from "./system-fault.ts";

/** What the command line needs of a process; tests give their own. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: ProgressStream;
  readonly stderr: ProgressStream;
  readonly stdin?: AsyncIterable<Uint8Array>;
}

type Code = 0 | 1 | 2 | 3;

/** @returns the exit code: 0 proven, 1 a claim failed, 2 could not prove, 3 usage or configuration error */
export async function main(
  argv: readonly string[],
  host: Host,
  commands: readonly Command[] = COMMANDS,
): Promise<Code> {
  const [name = "--help", ...words] = argv;
  const command = commands.find((one) => one.name === name);
  const args = command === undefined ? words : withProgramApart(command, words);
  // What follows -- is another program's.
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const wantsJson = own.includes("--json");
  const colour = wantsColour(host.stderr, host.env);
  try {
    if (name === "--version" || name === "-v") {
      host.stdout.write(`${await version()}\n`);
      return 0;
    }
    if (name === "--help" || name === "-h" || name === "help") {
      host.stdout.write(`${await help(args, commands)}\n`);
      return 0;
    }
    if (name === COMPLETE) {
      const known = {
        services: () => serviceNames(host.env),
        targets: (kind: string) => targetNames(host.env, kind),
      };
      for (const word of await complete(args, commands, known)) host.stdout.write(`${word}\n`);
      return 0;
    }
    if (command === undefined) throw unknownCommand(name, commands);
    if (own.includes("--help") || own.includes("-h")) {
      host.stdout.write(`${helpOf(command)}\n`);
      return 0;
    }
    const given = parseCommandLine(command, args);
    return await interruptible((signal) =>
      command.run(given, ioOf(host, signal, wantsJson), outputOf(host, wantsJson)),
    );
  } catch (error) {
    const fault = error instanceof Fault ? error : systemFault(error);
    if (fault !== undefined) {
      if (wantsJson) host.stdout.write(`${JSON.stringify(asJson(fault))}\n`);
      host.stderr.write(`${printFault(fault, colour)}\n`);
      return fault.exit;
    }
    host.stderr.write(`${printBug(error, host.env["SEAWORTHY_DEBUG"] === "1")}\n`);
    return 2;
  }
}

/** Of everything, or of the command that is named. @throws Fault `cli/usage` */
async function help(args: readonly string[], commands: readonly Command[]): Promise<string> {
  const asked = args.find((word) => !word.startsWith("-"));
  if (asked === undefined || asked === "help") return overview(commands, await version());
  const command = commands.find((one) => one.name === asked);
  if (command === undefined) throw unknownCommand(asked, commands);
  return helpOf(command);
}

/** With `--json` the standard output belongs to the result alone. */
function ioOf(host: Host, signal: AbortSignal, wantsJson: boolean): VerbIo {
  const stream = wantsJson ? host.stderr : host.stdout;
  const progress = terminalProgress(stream, wantsColour(stream, host.env));
  return {
    progress,
    onStack: (state) => progress.below(["", ...servicesTable(state, new Date()).split("\n")]),
    signal,
    env: host.env,
    now: () => new Date(),
    stdin: () => wholeOf(host.stdin),
    warn: (text) => host.stderr.write(`warning ${text}\n`),
  };
}

async function wholeOf(stream: AsyncIterable<Uint8Array> = nothing()): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* nothing(): AsyncGenerator<never> {}

function outputOf(host: Host, wantsJson: boolean): Output {
  const block = liveBlock(host.stdout);
  let shown = "";
  return {
    line: (text = "") => {
      if (!wantsJson) host.stdout.write(`${text}\n`);
    },
    redraw(text) {
      if (wantsJson || text === shown) return;
      shown = text;
      if (host.stdout.isTTY === true) block.draw(text.split("\n"));
      else host.stdout.write(`${text}\n`);
    },
    json: (value) => {
      if (wantsJson) host.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    },
    colour: wantsColour(host.stdout, host.env),
    width: host.stdout.columns ?? 100,
  };
}

function unknownCommand(name: string, commands: readonly Command[]): Fault {
  const near = closest(
    name,
    commands.map((command) => command.name),
  );
  return new Fault({
    code: "cli/usage",
    message: `expected a command, found "${name}"`,
    hint: near === undefined ? "See: seaworthy --help" : `Did you mean "${near}"? See: seaworthy --help`,
  });
}
