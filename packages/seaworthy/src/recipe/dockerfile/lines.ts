/** Turns the text of a Dockerfile into logical lines: comments taken out, continued lines joined, here-documents attached. */
import { Fault, type Place } from "../../fault/fault.ts";
import type { Heredoc } from "./instruction.ts";
import { rawWords, unquoted } from "./words.ts";

export interface LogicalLine {
  readonly text: string;
  readonly heredocs: readonly Heredoc[];
  readonly place: Place;
}

export interface Lines {
  readonly directives: ReadonlyMap<string, string>;
  /** `\`, or a backtick where the file says so. */
  readonly escape: string;
  readonly lines: readonly LogicalLine[];
}

const DIRECTIVE = /^#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*$/;
const KNOWN_DIRECTIVES = ["syntax", "escape", "check"];
/** Where a here-document may follow. */
const TAKES_HEREDOC = /^\s*(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s/i;
const HEREDOC = /^\d*<<(-?)([^<\s][^<]*)$/;

/** @throws Fault `dockerfile/syntax` for an escape character that is none, and a here-document without an end */
export function readLines(text: string, file: string): Lines {
  const rows = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const directives = readDirectives(rows);
  const escape = directives.get("escape") ?? "\\";
  if (escape !== "\\" && escape !== "`") {
    throw syntax("the escape character to be \\ or `", `"${escape}"`, { file, line: 1 });
  }
  const isContinued = escape === "`" ? /(?:^|[^`])`[ \t]*$/ : /(?:^|[^\\])\\[ \t]*$/;
  const lines: LogicalLine[] = [];
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? "";
    if (isBlank(row)) continue;
    const place = { file, line: at + 1, column: row.search(/\S/) + 1 };
    let joined = row;
    while (isContinued.test(joined) && at + 1 < rows.length) {
      joined = joined.replace(/.[ \t]*$/, "");
      do at += 1;
      while (at < rows.length && isBlank(rows[at] ?? ""));
      joined += rows[at] ?? "";
    }
    const heredocs: Heredoc[] = [];
    for (const { name, chomp } of namesOf(joined, escape)) {
      const content: string[] = [];
      for (at += 1; ; at += 1) {
        const line = rows[at];
        if (line === undefined)
          throw syntax(`the here-document ${name} to end`, "the end of the file", place);
        const shown = chomp ? line.replace(/^\t+/, "") : line;
        if (shown === name) break;
        content.push(shown);
      }
      heredocs.push({ name, content: content.map((line) => `${line}\n`).join("") });
    }
    lines.push({ text: joined.trim(), heredocs, place });
  }
  return { directives, escape, lines };
}

/** They stand before all else, each once. */
function readDirectives(rows: readonly string[]): ReadonlyMap<string, string> {
  const directives = new Map<string, string>();
  for (const row of rows) {
    const [, name = "", value = ""] = DIRECTIVE.exec(row) ?? [];
    const known = name.toLowerCase();
    if (!KNOWN_DIRECTIVES.includes(known) || directives.has(known)) break;
    directives.set(known, value);
  }
  return directives;
}

/** Comments too: they are no part of the line that they stand in. */
function isBlank(row: string): boolean {
  return /^\s*(?:#|$)/.test(row);
}

function namesOf(
  line: string,
  escape: string,
): readonly { readonly name: string; readonly chomp: boolean }[] {
  if (!line.includes("<<") || !TAKES_HEREDOC.test(line)) return [];
  return rawWords(line, escape).flatMap((word) => {
    const [, chomp, name] = HEREDOC.exec(word) ?? [];
    return name === undefined ? [] : [{ name: unquoted(name, escape), chomp: chomp === "-" }];
  });
}

export function syntax(expected: string, found: string, place: Place, hint?: string): Fault {
  return new Fault({
    code: "dockerfile/syntax",
    message: `expected ${expected}, found ${found}`,
    place,
    hint,
  });
}
