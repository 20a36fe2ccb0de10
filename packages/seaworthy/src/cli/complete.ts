/** What may come next on a command line, from the same table that help is printed from. */
import type { Command, Option } from "./command.ts";
import { COMMON } from "./parse.ts";

/** The command that the shells' scripts call. @see completion-scripts.ts */
export const COMPLETE = "__complete";

/**
 * @param words all after `seaworthy`, the last one being the word to complete, empty when it was not begun
 * @returns candidates that begin with that word; none when the shell should offer files
 */
export async function complete(
  words: readonly string[],
  commands: readonly Command[],
  services: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const begun = words.at(-1) ?? "";
  const candidates = await candidatesFor(words.slice(0, -1), begun, commands, services);
  return candidates.filter((one) => one.startsWith(begun));
}

async function candidatesFor(
  before: readonly string[],
  begun: string,
  commands: readonly Command[],
  services: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const [name, ...rest] = before;
  if (name === undefined || name === "help") {
    return [...commands.map((one) => one.name), ...(name === undefined ? ["--help", "--version"] : [])];
  }
  const command = commands.find((one) => one.name === name);
  // What follows -- is another program's.
  if (command === undefined || rest.includes("--")) return [];
  const options = [...command.options, ...COMMON];
  const asked = options.find((option) => option.value !== undefined && isWritten(option, rest.at(-1)));
  if (asked !== undefined) {
    if (asked.name === "service") return await services();
    return asked.value?.includes("|") === true ? asked.value.split("|") : [];
  }
  if (begun.startsWith("-")) {
    return options
      .filter((option) => option.many === true || !rest.some((word) => isWritten(option, word)))
      .map((option) => `--${option.name}`);
  }
  const taken = rest.filter(
    (word, index) =>
      !word.startsWith("-") &&
      !options.some((one) => one.value !== undefined && isWritten(one, rest[index - 1])),
  ).length;
  const takes = command.takes[taken]?.name;
  if (takes === "SERVICE") return await services();
  return takes?.includes("|") === true ? takes.split("|") : [];
}

function isWritten({ name, short }: Option, word: string | undefined): boolean {
  return word === `--${name}` || (short !== undefined && word === `-${short}`);
}
