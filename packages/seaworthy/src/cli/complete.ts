/** What may come next on a command line, from the same table that help is printed from. */
import type { Command, Option } from "./command.ts";
import { COMMON, withProgramApart } from "./parse.ts";

/** The command that the shells' scripts call. @see completion-scripts.ts */
export const COMPLETE = "__complete";

/** What only the project or the machine knows. */
export interface Knowledge {
  services(): Promise<readonly string[]>;
  /** @param kind `container` or `image` */
  targets(kind: string): Promise<readonly string[]>;
}

/**
 * @param words all after `seaworthy`, the last one being the word to complete, empty when it was not begun
 * @returns candidates that begin with that word; none when the shell should offer files
 */
export async function complete(
  words: readonly string[],
  commands: readonly Command[],
  known: Knowledge,
): Promise<readonly string[]> {
  const { before, begun, apart } = withColons(words);
  const candidates = await candidatesFor(before, begun, commands, known);
  return candidates.filter((one) => one.startsWith(begun)).map((one) => one.slice(apart));
}

/** Bash makes three words of `image:web`, and takes what is offered for the last of them. */
function withColons(words: readonly string[]): {
  readonly before: readonly string[];
  readonly begun: string;
  /** How much of `begun` stands in words before the last. */
  readonly apart: number;
} {
  const at = words.findLastIndex((word) => /^(?:container|image)$/.test(word));
  if (at === -1 || words[at + 1] !== ":")
    return { before: words.slice(0, -1), begun: words.at(-1) ?? "", apart: 0 };
  const last = words.at(-1) ?? "";
  const begun = words.slice(at).join("");
  return { before: words.slice(0, at), begun, apart: begun.length - (last === ":" ? 0 : last.length) };
}

async function candidatesFor(
  before: readonly string[],
  begun: string,
  commands: readonly Command[],
  known: Knowledge,
): Promise<readonly string[]> {
  const [name, ...rest] = before;
  if (name === undefined || name === "help") {
    return [...commands.map((one) => one.name), ...(name === undefined ? ["--help", "--version"] : [])];
  }
  const command = commands.find((one) => one.name === name);
  // What follows -- is another program's.
  if (command === undefined || withProgramApart(command, rest).includes("--")) return [];
  const options = [...command.options, ...COMMON];
  const asked = options.find((option) => option.value !== undefined && isWritten(option, rest.at(-1)));
  if (asked !== undefined) {
    if (asked.name === "service") return await known.services();
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
  if (takes === "SERVICE") return await known.services();
  const [, kind] = /^(container|image):/.exec(begun) ?? [];
  if (takes === "TARGET" && kind !== undefined)
    return (await known.targets(kind)).map((one) => `${kind}:${one}`);
  return takes?.includes("|") === true ? takes.split("|") : [];
}

function isWritten({ name, short }: Option, word: string | undefined): boolean {
  return word === `--${name}` || (short !== undefined && word === `-${short}`);
}
