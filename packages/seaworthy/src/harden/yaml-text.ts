/** Writes values as YAML: plain where that is safe, quoted where another reader could take it for something else. */
import { isMap, isNode, isScalar, isSeq, type Node } from "yaml";
import { entriesOf, follow, type YamlSource, type YamlValue } from "./yaml-source.ts";

/** Begins with a letter, `/`, `.` or `_`, and has nothing in it that YAML gives a meaning. */
const PLAIN_IN_BLOCK = /^[A-Za-z/._](?:[\w/.@=,+%~-]|:(?=[\w/.@=,+%~-]))*$/;
const PLAIN_IN_FLOW = /^[A-Za-z/._][\w/.@=+%~-]*$/;
/** A size or a time as Compose writes it, which no YAML takes for a number. */
const SIZE = /^\d+(?:[kmgs]|ms)$/;
/** Words that YAML 1.1 or 1.2 reads as something else than text. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|~|\.inf|\.nan|\.)$/i;

export function scalarText(value: string | number | boolean | null, style: "block" | "flow"): string {
  if (typeof value !== "string") return String(value);
  const plain = style === "block" ? PLAIN_IN_BLOCK : PLAIN_IN_FLOW;
  if (SIZE.test(value)) return value;
  return plain.test(value) && !WORDS.test(value) && !/^\.\d/.test(value) ? value : JSON.stringify(value);
}

/** On one line: `{a: 1, b: [x, "y z"]}`. */
export function flowText(value: YamlValue): string {
  if (isList(value)) return `[${value.map(flowText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return scalarText(value, "flow");
  const entries = Object.entries(value);
  return `{${entries.map(([key, item]) => `${scalarText(key, "flow")}: ${flowText(item)}`).join(", ")}}`;
}

/** How a file indents. */
export interface BlockStyle {
  readonly newline: string;
  /** Of a mapping inside a mapping, in spaces. */
  readonly step: number;
  /** Of the dashes of a list below the key it belongs to, in spaces. */
  readonly dash: number;
}

/** What stands after `key:`, with its leading space or line break. */
export function valueText(value: YamlValue, indent: number, style: BlockStyle, comment = ""): string {
  const remark = comment === "" ? "" : ` # ${comment.replaceAll(/\s+/g, " ")}`;
  const lines = blockLines(value, indent, style);
  if (lines === undefined) return ` ${inlineText(value)}${remark}`;
  return [remark, ...lines].join(style.newline);
}

function inlineText(value: YamlValue): string {
  return typeof value === "object" && value !== null ? flowText(value) : scalarText(value, "block");
}

/** `undefined` for what fits on the key's own line: scalars and what is empty. */
function blockLines(value: YamlValue, indent: number, style: BlockStyle): readonly string[] | undefined {
  if (typeof value !== "object" || value === null || isCommand(value)) return undefined;
  if (isList(value)) {
    return value.length === 0
      ? undefined
      : value.flatMap((item) => itemLines(item, indent + style.dash, style));
  }
  const inner = indent + style.step;
  const entries = Object.entries(value);
  if (entries.length === 0) return undefined;
  return entries.map(
    ([key, item]) => `${" ".repeat(inner)}${scalarText(key, "block")}:${valueText(item, inner, style)}`,
  );
}

/** A program and its arguments are read as one line. */
function isCommand(value: YamlValue): boolean {
  return isList(value) && value[0] === "CMD";
}

/** An item of a list, a mapping key by key below its dash. */
export function itemLines(item: YamlValue, column: number, style: BlockStyle): readonly string[] {
  const spaces = " ".repeat(column);
  const entries = isList(item) || typeof item !== "object" || item === null ? [] : Object.entries(item);
  if (entries.length === 0) return [`${spaces}- ${inlineText(item)}`];
  return entries.map(
    ([key, value], index) =>
      `${spaces}${index === 0 ? "-" : " "} ${scalarText(key, "block")}:${valueText(value, column + 2, style)}`,
  );
}

/** A node on one line, aliases and merges followed, numbers as they were written: `0444` stays `0444`. */
export function flowTextOf(source: YamlSource, given: Node | undefined, without?: string): string {
  const node = given === undefined ? undefined : follow(source, given);
  if (isMap(node)) {
    const entries = [...entriesOf(source, node)].filter(([key]) => key !== without);
    const pairs = entries.map(([key, value]) => `${scalarText(key, "flow")}: ${flowTextOf(source, value)}`);
    return `{${pairs.join(", ")}}`;
  }
  if (isSeq(node)) {
    return `[${node.items.map((item) => flowTextOf(source, isNode(item) ? item : undefined)).join(", ")}]`;
  }
  if (!isScalar(node)) return "null";
  if (typeof node.value === "string") return scalarText(node.value, "flow");
  return node.source === undefined || node.source === "" ? String(node.value) : node.source;
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}
