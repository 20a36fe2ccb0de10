/** Splits a command written as one string the way a shell would, without starting one. */
import { type ComposeNode, valueFault } from "./compose-node.ts";
import { expectString } from "./expect.ts";

export class CommandLineError extends Error {}

/**
 * Blanks separate, quotes and backslashes keep together. Nothing is expanded.
 * @throws CommandLineError for an open quote, and for an operator that only a shell can honour
 */
export function splitCommandLine(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (quote === "'") {
      if (char === "'") quote = "";
      else word += char;
    } else if (char === "\\") {
      index += 1;
      if (index === text.length) throw new CommandLineError("expected a character after the last backslash");
      word = (word ?? "") + text.charAt(index);
    } else if (quote === '"') {
      if (char === '"') quote = "";
      else word += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (";&|<>()`".includes(char)) {
      throw new CommandLineError(`expected a program and its arguments, found the shell operator "${char}"`);
    } else word = (word ?? "") + char;
  }
  if (quote !== "") throw new CommandLineError(`expected a closing ${quote}, found the end`);
  if (word !== undefined) words.push(word);
  return words;
}

/** `command` and `entrypoint`: a list as it is, a text in its words. */
export function readCommand(node: ComposeNode): readonly string[] {
  if (node.kind === "list") return node.items.map(expectString);
  try {
    return splitCommandLine(expectString(node));
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error;
    throw valueFault(
      node,
      "a program and its arguments",
      error.message,
      'Write ["/bin/sh", "-c", "..."] where a shell is wanted and the image has one.',
    );
  }
}
