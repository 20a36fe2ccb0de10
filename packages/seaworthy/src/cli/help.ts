/** Help, from the commands' own data. */
import type { Command, Option } from "./command.ts";
import { COMMON } from "./parse.ts";

export function overview(commands: readonly Command[], version: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `seaworthy ${version}: from source to a hardened container stack, with proof that the hardening holds`,
    "",
    "Usage: seaworthy COMMAND [OPTIONS]",
    "",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "Exit codes: 0 proven, 1 a claim failed, 2 could not prove, 3 usage or configuration error.",
    "Help of one command: seaworthy COMMAND --help",
  ].join("\n");
}

export function helpOf(command: Command): string {
  const takes = command.takes.map(({ name, optional }) => (optional ? ` [${name}]` : ` ${name}`)).join("");
  const options = [...command.options, ...COMMON].map((option) => [written(option), option.summary] as const);
  const width = Math.max(...options.map(([left]) => left.length));
  return [
    command.summary,
    "",
    `Usage: seaworthy ${command.name} [OPTIONS]${takes}`,
    ...command.takes.flatMap(({ name, summary }) =>
      summary === undefined ? [] : ["", `  ${name}: ${summary}`],
    ),
    "",
    ...options.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    "",
    "Examples:",
    ...command.examples.flatMap(({ line, does }) => [`  # ${does}`, `  seaworthy ${line}`]),
  ].join("\n");
}

function written({ name, short, value }: Option): string {
  return `${short === undefined ? "   " : `-${short},`} --${name}${value === undefined ? "" : ` ${value}`}`;
}
