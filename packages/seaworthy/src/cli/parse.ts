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

/** @throws Fault `cli/usage`, exit 3 */
export function parseCommandLine(command: Command, args: readonly string[]): Given {
  const known = [...command.options, ...COMMON];
  const options: NonNullable<ParseArgsConfig["options"]> = Object.fromEntries(
    known.map(({ name, short, value }) => [
      name,
      { type: value === undefined ? "boolean" : "string", ...(short === undefined ? {} : { short }) },
    ]),
  );
  const { tokens, values, positionals } = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = known.find(({ name }) => name === token.name);
    if (option === undefined) throw unknownOption(command, token.rawName, known);
    if (option.value !== undefined && (token.value === undefined || token.value === "")) {
      throw usage(command, `expected ${option.value} after ${token.rawName}, found nothing`);
    }
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
  return {
    positionals,
    flag: (name) => values[name] === true,
    text: (name) => {
      const value = values[name];
      return typeof value === "string" ? value : undefined;
    },
  };
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
