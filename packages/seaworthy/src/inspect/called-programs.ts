/** Which programs a command line starts, as far as its words tell. */
import { commandsIn } from "../recipe/dockerfile/shell.ts";

/** A shell has most of these itself; what else a line needs cannot be told from its words. */
const BUILT_IN =
  /^(?:\.|:|\[|\[\[|alias|bg|break|case|cd|command|continue|echo|eval|exec|exit|export|false|fg|for|function|getopts|hash|if|jobs|kill|local|printf|pwd|read|readonly|return|set|shift|source|test|times|trap|true|type|ulimit|umask|unalias|unset|until|wait|while|fi|done|esac|in)$/;

/** The program, and those that a line for a shell begins with. */
export function calledPrograms(argv: readonly string[]): readonly string[] {
  const [program] = argv;
  if (program === undefined) return [];
  const called = wordsOfLine(argv).map(([name = ""]) => name);
  const plain = called.filter((name) => /^[\w./-]+$/.test(name) && !BUILT_IN.test(name));
  return [...new Set([program, ...plain])];
}

/** Every word that may name a file: the arguments, and those of the line where a shell is given one. */
export function wordsOf(argv: readonly string[]): readonly string[] {
  return [...argv, ...wordsOfLine(argv).flat()];
}

/** The commands of `sh -c LINE`; none for any other program. */
function wordsOfLine([program, flag, line]: readonly string[]): readonly (readonly string[])[] {
  const isShell = /(?:^|\/)(?:ba|da|a)?sh$/.test(program ?? "") && /^-\w*c$/.test(flag ?? "");
  return isShell && line !== undefined ? commandsIn(line).map(({ argv }) => argv) : [];
}
