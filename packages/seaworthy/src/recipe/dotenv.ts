/** Reads `.env` and `env_file` files: `KEY=value` lines with quotes, comments, and variables. */
import { Fault, type Place } from "../fault/fault.ts";
import { InterpolationError, interpolate } from "./interpolation.ts";
import { readTextFile } from "./text-file.ts";

const MAX_BYTES = 1024 * 1024;
const BLANK = /(?:\s+|#[^\n]*)+/y;
const KEY = /(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*/y;
const SIGN = /[=:][ \t]*/y;
const SINGLE_QUOTED = /'([^']*)'/y;
const DOUBLE_QUOTED = /"([^"\\]*(?:\\[^][^"\\]*)*)"/y;
const BARE = /[^\n]*/y;
const LINE_END = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  '"': '"',
  "\\": "\\",
  $: "$$",
};

interface Scanner {
  readonly text: string;
  at: number;
}

/**
 * A key without `=` takes the value `lookup` has, and is left out when it has none.
 * @param lookup for `${VAR}` in unquoted and double-quoted values; what it knows wins over
 *   earlier keys of the file, as in Compose
 * @throws Fault `compose/env-file`
 */
export function parseDotenv(
  text: string,
  file: string,
  lookup: (name: string) => string | undefined,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const scanner: Scanner = { text: text.replaceAll("\r\n", "\n"), at: 0 };
  const known = (name: string): string | undefined => lookup(name) ?? values.get(name);
  take(scanner, BLANK);
  while (scanner.at < scanner.text.length) {
    const start = scanner.at;
    const place = (): Place => ({ file, line: scanner.text.slice(0, start).split("\n").length });
    const name = take(scanner, KEY)?.[1];
    if (name === undefined) throw envFault("a line like KEY=value", place());
    const value = take(scanner, SIGN) === undefined ? lookup(name) : takeValue(scanner, name, known, place);
    if (value !== undefined) values.set(name, value);
    if (take(scanner, LINE_END) === undefined) throw envFault(`the end of the line after ${name}`, place());
    take(scanner, BLANK);
  }
  return values;
}

function takeValue(
  scanner: Scanner,
  name: string,
  lookup: (name: string) => string | undefined,
  place: () => Place,
): string {
  const literal = take(scanner, SINGLE_QUOTED)?.[1];
  if (literal !== undefined) return literal;
  const quoted = take(scanner, DOUBLE_QUOTED)?.[1];
  const template = quoted?.replace(/\\([^])/g, (whole, char: string) => ESCAPES[char] ?? whole);
  if (template === undefined && /['"]/.test(scanner.text.charAt(scanner.at))) {
    throw envFault(`a closing quote for ${name}`, place());
  }
  const bare = (): string => (take(scanner, BARE)?.[0] ?? "").replace(/(?:^|\s)#.*$/, "").trim();
  try {
    return interpolate(template ?? bare(), lookup).text;
  } catch (error) {
    if (!(error instanceof InterpolationError)) throw error;
    throw new Fault({ code: "compose/env-file", message: error.message, place: place(), cause: error });
  }
}

/** Steps over what the sticky pattern matches here, or stays. */
function take(scanner: Scanner, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = scanner.at;
  const match = pattern.exec(scanner.text);
  if (match !== null) scanner.at = pattern.lastIndex;
  return match ?? undefined;
}

/**
 * Several files of variables, later ones over earlier ones.
 * @throws Fault `compose/env-file`, also for one that is needed and missing
 */
export async function readDotenvFiles(
  files: readonly string[],
  lookup: (name: string) => string | undefined,
  { needed, place }: { readonly needed: boolean; readonly place?: Place },
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const file of files) {
    const text = await readEnvText(file, place);
    if (text === undefined && needed) {
      throw new Fault({
        code: "compose/env-file",
        message: `expected a file of variables at ${file}, found none`,
        ...(place && { place }),
      });
    }
    for (const [name, value] of parseDotenv(text ?? "", file, lookup)) values.set(name, value);
  }
  return values;
}

/**
 * The text of an env file, or `undefined` when there is none.
 * @param place where it is asked for, when that is not the file itself
 */
export function readEnvText(path: string, place?: Place): Promise<string | undefined> {
  return readTextFile(path, { code: "compose/env-file", maxBytes: MAX_BYTES, ...(place && { place }) });
}

/** Says what was expected, never what was found: the file holds secrets as often as not. */
function envFault(expected: string, place: Place): Fault {
  return new Fault({ code: "compose/env-file", message: `expected ${expected}`, place });
}
