/** Where things stand in a YAML text: ends of values, lines, columns, and how the file is indented. */
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
} from "yaml";
import type { YamlSource } from "./yaml-source.ts";
import type { BlockStyle } from "./yaml-text.ts";

export function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** After the last character that belongs to the value; its line's comment does not. */
export function endOf(node: Node): number {
  if (isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    if (isPair(last)) return endOfPair(last);
    if (isNode(last)) return Math.max(endOf(last), startOf(node));
  }
  return node.range?.[1] ?? 0;
}

export function endOfPair({ key, value }: Pair): number {
  return isNode(value) ? endOf(value) : isNode(key) ? endOf(key) : 0;
}

/** Whether it is written over lines of its own, by indentation. */
export function isBlock(node: Node): boolean {
  if (isAlias(node)) return false;
  if (isCollection(node)) return node.flow !== true;
  return isScalar(node) && (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED");
}

export function lineStart(text: string, at: number): number {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  return start === 0 && text.startsWith("\uFEFF") ? 1 : start;
}

/** Before the line break. */
export function lineEnd(text: string, at: number): number {
  const found = text.indexOf("\n", at);
  const end = found === -1 ? text.length : found;
  return text[end - 1] === "\r" && end > at ? end - 1 : end;
}

export function nextLine(text: string, at: number): number {
  const found = text.indexOf("\n", at);
  return found === -1 ? text.length : found + 1;
}

export function columnOf(text: string, at: number): number {
  return at - lineStart(text, at);
}

/** Whether nothing but spaces stands before it on its line. */
export function isFirstOnLine(text: string, at: number): boolean {
  return text.slice(lineStart(text, at), at).trim() === "";
}

/** The end of the last line of a block value, before its line break; a block scalar has that break in its range. */
export function lastLineEnd(text: string, end: number): number {
  if (text[end - 1] !== "\n") return lineEnd(text, end);
  return text[end - 2] === "\r" ? end - 2 : end - 1;
}

/** The same, after comment lines that follow at once and are indented like what they follow. */
export function afterComments(text: string, end: number, column: number): number {
  let at = end;
  for (;;) {
    const next = nextLine(text, at);
    const line = text.slice(next, lineEnd(text, next));
    if (next >= text.length || !/^ *#/.test(line) || line.indexOf("#") < column) return at;
    at = lineEnd(text, next);
  }
}

/** As most of the file has it; two spaces, and dashes below their key indented, where it does not tell. */
export function blockStyle({ text, root }: YamlSource): BlockStyle {
  const steps: number[] = [];
  const dashes: number[] = [];
  visit(root, {
    Pair(_, { key, value }) {
      if (!isNode(key) || !isNode(value) || !isBlock(value)) return;
      const own = columnOf(text, startOf(key));
      if (isSeq(value)) dashes.push(columnOf(text, startOf(value)) - own);
      else if (isMap(value)) steps.push(columnOf(text, startOf(value)) - own);
    },
  });
  const step = usual(steps.filter((one) => one > 0)) ?? 2;
  return { newline: newlineOf(text), step, dash: usual(dashes.filter((one) => one >= 0)) ?? step };
}

function newlineOf(text: string): string {
  const first = text.indexOf("\n");
  return first > 0 && text[first - 1] === "\r" ? "\r\n" : "\n";
}

function usual(numbers: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const one of numbers) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
