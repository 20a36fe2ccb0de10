/** Reads Debian's control format, "deb822": paragraphs of fields, long values folded (Debian Policy 5.1). */
import { Fault } from "../fault/fault.ts";

/** Field names in lower case, since the format ignores their case; folded lines keep their line breaks, not their indent. */
export type Paragraph = ReadonlyMap<string, string>;

/** RFC-822-like names as Policy 5.1 allows them: printable, no colon, not starting with `#` or `-`. */
const FIELD = /^([!-"$-,.-9;-~][!-9;-~]*):[ \t]*(.*?)[ \t]*$/;

/**
 * Lines that start with `#` are comments.
 * @param file what the text is, for messages
 * @throws Fault `debian/control` for a line that is no field, a repeated field, or a continuation of nothing
 */
export function parseControl(text: string, file: string): readonly Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let fields = new Map<string, string>();
  let last: string | undefined;
  let number = 0;
  for (const raw of text.split("\n")) {
    number += 1;
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (line.startsWith("#")) continue;
    if (line.trim() === "") {
      if (fields.size > 0) paragraphs.push(fields);
      fields = new Map();
      last = undefined;
    } else if (line.startsWith(" ") || line.startsWith("\t")) {
      if (last === undefined) throw malformed(file, number, "a continuation line without a field before it");
      fields.set(last, `${fields.get(last) ?? ""}\n${line.trim()}`);
    } else {
      const [, name, value] = FIELD.exec(line) ?? [];
      if (name === undefined || value === undefined) throw malformed(file, number, "a line without one");
      last = name.toLowerCase();
      if (fields.has(last)) throw malformed(file, number, `a second "${name}" in the same paragraph`);
      fields.set(last, value);
    }
  }
  if (fields.size > 0) paragraphs.push(fields);
  return paragraphs;
}

/**
 * The value of a field that must be there.
 * @throws Fault `debian/control`
 */
export function requireField(paragraph: Paragraph, name: string, file: string): string {
  const value = paragraph.get(name.toLowerCase());
  if (value !== undefined && value !== "") return value;
  throw new Fault({
    code: "debian/control",
    message: `expected a field "${name}" in ${file}, found none`,
    place: { file },
    exit: 2,
  });
}

/** Values separated by blanks or line breaks. */
export function words(value: string | undefined): readonly string[] {
  return (value ?? "").split(/\s+/).filter((word) => word !== "");
}

function malformed(file: string, line: number, found: string): Fault {
  return new Fault({
    code: "debian/control",
    message: `expected a field "Name: value", found ${found}`,
    place: { file, line },
    exit: 2,
  });
}
