/** Reads a command line against a command's options; what does not fit is a usage error that names the nearest word. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { Fault } from "../fault/fault.ts";
import { closest } from "../recipe/closest.ts";
import type { Command, Given, Option } from "./command.ts";

/** What every command understands. */
export const COMMON: readonly Option[] = [
  { name: "json", summary: "print the result as JSON, and progress on the error output" },
  { name: "help", short: "h", summary: "show this help" },
];

/**
 * The same words, with a `--` before the program that a command is to run: from there on all of them are the program's, as
 * with `docker exec`.
 */
export function withProgramApart(command: Command, args: readonly string[]): readonly string[] {
  const at = command.takes.findIndex(({ isProgram }) => isProgram === true);
  if (at === -1) return args;
  const { tokens } = read(command, args);
  const program = tokens.filter(({ kind }) => kind === "positional")[at];
  const isApart = tokens.some(
    ({ kind, index }) => kind === "option-terminator" && index < (program?.index ?? 0),
  );
  return program === undefined || isApart ? args : args.toSpliced(program.index, 0, "--");
}

/** @throws Fault `cli/usage`, exit 3 */
export function parseCommandLine(command: Command, args: readonly string[]): Given {
  const known = [...command.options, ...COMMON];
  const { tokens, values, positionals } = read(command, args);
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = known.find(({ name }) => name === token.name);
    if (option === undefined) throw unknownOption(command, token.rawName, known);
    if (option.value !== undefined && (token.value === undefined || token.value === "")) {
      throw usage(command, `expected ${option.value} after ${token.rawName}, found nothing`);
    }
    if (option.value !== undefined && option.many !== true && seen.has(option.name)) {
      throw usage(command, `expected ${token.rawName} once, found it again`);
    }
    seen.add(option.name);
    if (option.value === undefined && token.value !== undefined) {
      throw usage(command, `expected no value for ${token.rawName}, found "${token.value}"`);
    }
  }
  const least = command.takes.filter((one) => !one.optional).length;
  const most = command.takes.some((one) => one.name.endsWith("..."))
    ? Number.POSITIVE_INFINITY
    : command.takes.length;
  if (positionals.length < least) {
    throw usage(command, `expected ${command.takes[positionals.length]?.name}, found nothing`);
  }
  if (positionals.length > most) throw usage(command, `expected nothing more, found "${positionals[most]}"`);
  const texts = (name: string): readonly string[] | undefined => {
    const given = values[name];
    return Array.isArray(given) ? given.filter((value) => typeof value === "string") : undefined;
  };
  return {
    positionals,
    flag: (name) => values[name] !== undefined,
    text: (name) => texts(name)?.at(-1),
    texts,
  };
}

function read(command: Command, args: readonly string[]) {
  const options: NonNullable<ParseArgsConfig["options"]> = Object.fromEntries(
    [...command.options, ...COMMON].map(({ name, short, value }) => [
      name,
      {
        type: value === undefined ? "boolean" : "string",
        multiple: true,
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  return parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
}

function unknownOption(command: Command, written: string, known: readonly Option[]): Fault {
  const near = closest(
    written.replace(/^-+/, ""),
    known.map(({ name }) => name),
  );
  const hint = near === undefined ? undefined : `Did you mean --${near}?`;
  return usage(command, `expected an option of ${command.name}, found ${written}`, hint);
}

function usage(command: Command, message: string, hint?: string): Fault {
  return new Fault({ code: "cli/usage", message, hint: hint ?? `See: seaworthy ${command.name} --help` });
}
