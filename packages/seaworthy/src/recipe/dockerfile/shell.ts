/** The programs that a shell line of a Dockerfile starts, as far as they can be told without running it. */
import { type ParseEntry, parse } from "shell-quote";
import type { Instruction } from "./instruction.ts";

export interface ShellCommand {
  /** Program and arguments; variables stay as they are written. */
  readonly argv: readonly string[];
  /** What joins it to the command before it: `&&`, `;`, `|`, `||`. */
  readonly after: string | undefined;
}

/** Words that stand before a program and start none. */
const PREFIXES = new Set([
  "if",
  "then",
  "else",
  "elif",
  "while",
  "until",
  "do",
  "!",
  "{",
  "exec",
  "time",
  "command",
]);
const ENDS = new Set(["&&", "||", ";", "|", "|&", "&", ";;", "(", ")"]);
const ASSIGNMENT = /^[A-Za-z_]\w*=/;
/** Interpreters of another language: their here-documents are no shell lines. */
const FOREIGN = /^#!(?!\S*\/(?:env\s+)?(?:ba|da|a|z|k)?sh\b)/;

/** Of `RUN`, `CMD`, `ENTRYPOINT` and `HEALTHCHECK CMD`; here-documents that are fed to a shell included. */
export function commandsOf({ keyword, text, exec, heredocs }: Instruction): readonly ShellCommand[] {
  if (exec !== undefined) {
    const [shell, flag, line] = exec;
    const isShell = /(?:^|\/)(?:ba|da|a)?sh$/.test(shell ?? "") && /^-\w*c$/.test(flag ?? "");
    return isShell && line !== undefined ? commandsIn(line) : [{ argv: exec, after: undefined }];
  }
  const line = keyword === "HEALTHCHECK" ? text.replace(/^CMD\s+/i, "") : text;
  const fed = line.replace(/\d*<<-?\s*(["']?)\w[\w.]*\1/g, " ");
  const scripts = heredocs.map(({ content }) => content).filter((content) => !FOREIGN.test(content));
  const isScript = /^(?:\s|(?:\S*\/)?(?:ba|da|a)?sh\b(?:\s+-\w+)*)*$/.test(fed);
  return [...commandsIn(fed), ...(isScript ? scripts.flatMap(ofScript) : [])];
}

function ofScript(content: string): readonly ShellCommand[] {
  const joined = content.replace(/\\\n/g, " ").split("\n");
  return joined.filter((line) => !/^\s*#/.test(line)).flatMap(commandsIn);
}

/** @param line of a shell; what it cannot be read as starts nothing */
export function commandsIn(line: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let argv: string[] = [];
  let after: string | undefined;
  const end = (operator: string | undefined): void => {
    if (argv.length > 0) commands.push({ argv, after });
    argv = [];
    after = operator;
  };
  for (const token of tokens(line)) {
    const word = wordOf(token);
    if (word === undefined) end("op" in (token as object) ? (token as { op: string }).op : undefined);
    else if (argv.length > 0 || !(PREFIXES.has(word) || ASSIGNMENT.test(word))) argv.push(word);
  }
  end(undefined);
  return commands;
}

function tokens(line: string): readonly ParseEntry[] {
  try {
    return parse(line, (name) => `\${${name}}`);
  } catch {
    // `${a b}` and the like: a shell refuses it, too.
    return [];
  }
}

/** `undefined` for what ends a command; a redirection and a comment are words that matter to nobody. */
function wordOf(token: ParseEntry): string | undefined {
  if (typeof token === "string") return token;
  if ("comment" in token) return "";
  if (token.op === "glob") return token.pattern;
  return ENDS.has(token.op) ? undefined : token.op;
}

/** The package manager's verb and the packages named: `apt-get install -y curl` is `install` and `curl`. */
export function installed({ argv }: ShellCommand): readonly string[] {
  const [program = "", ...rest] = withoutSudo(argv);
  const name = program.replace(/^.*\//, "");
  if (!/^(?:apt|apt-get|apk|dnf|microdnf|yum|zypper)$/.test(name)) return [];
  const words = rest.filter((word) => !word.startsWith("-"));
  const verb = words.findIndex((word) => word === "install" || word === "add");
  // `libcrypto3=3.1.4`, `curl/stable`, `gcc>9`: the name ends at the sign.
  return verb === -1 ? [] : words.slice(verb + 1).map((word) => word.replace(/[=<>~/:].*$/, ""));
}

export function withoutSudo(argv: readonly string[]): readonly string[] {
  if (argv[0] !== "sudo") return argv;
  const first = argv.findIndex((word, index) => index > 0 && !word.startsWith("-"));
  return first === -1 ? [] : argv.slice(first);
}
