/** Reads single fields of parsed JSON that somebody else wrote, so that a wrong type is a message and not a crash. */
import { Fault } from "../fault/fault.ts";

type Fields = Readonly<Record<string, unknown>>;
type Fail = (problem: string) => Fault;

export function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A file that must hold one JSON object.
 * @throws Fault `npm/not-json` with the line where it stops being JSON
 */
export function parseJsonObject(text: string, file: string): Fields {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const offset = /position (\d+)/.exec(String(error))?.[1];
    const line = offset === undefined ? undefined : text.slice(0, Number(offset)).split("\n").length;
    throw new Fault({
      code: "npm/not-json",
      message: `expected JSON in ${file}, but ${error instanceof Error ? error.message : String(error)}`,
      place: line === undefined ? { file } : { file, line },
      hint: /^(<{7}|={7}|>{7})/m.test(text)
        ? "The file holds merge conflict marks; run npm install to resolve them."
        : "Restore the file from version control.",
      cause: error,
    });
  }
  if (isRecord(document)) return document;
  throw new Fault({ code: "npm/not-json", message: `expected an object in ${file}`, place: { file } });
}

export function readText(fields: Fields, key: string, fail: Fail): string | undefined {
  const value = fields[key];
  if (value === undefined || typeof value === "string") return value;
  throw fail(`expected a string in "${key}", found ${JSON.stringify(value)}`);
}

export function readFlag(fields: Fields, key: string): boolean {
  return fields[key] === true;
}

/** A list of strings; a lone string counts as a list of one, as npm has it. */
export function readList(fields: Fields, key: string, fail: Fail): readonly string[] {
  const value = fields[key];
  if (value === undefined || value === null) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.every((item) => typeof item === "string")) return list;
  throw fail(`expected a list of strings in "${key}", found ${JSON.stringify(value)}`);
}

export function readRecord(fields: Fields, key: string, fail: Fail): ReadonlyMap<string, string> {
  const value = fields[key];
  if (value === undefined || value === null) return new Map();
  if (!isRecord(value)) throw fail(`expected an object in "${key}", found ${JSON.stringify(value)}`);
  const record = new Map<string, string>();
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== "string") throw fail(`expected a string in "${key}.${name}"`);
    record.set(name, text);
  }
  return record;
}
