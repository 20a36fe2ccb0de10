/** Changes of a YAML text at one place: insert, replace and remove, with all that is not touched kept to the byte. */
import { type Alias, isMap, isNode, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import {
  afterComments,
  blockStyle,
  columnOf,
  endOf,
  endOfPair,
  isBlock,
  isFirstOnLine,
  lastLineEnd,
  lineEnd,
  lineStart,
  nextLine,
  startOf,
} from "./yaml-place.ts";
import { isMerge, type YamlSource, type YamlValue } from "./yaml-source.ts";
import { flowText, flowTextOf, itemLines, scalarText, valueText } from "./yaml-text.ts";

/** A piece of text in the place of another. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export function splice(text: string, { from, to, text: inserted }: Splice): string {
  return text.slice(0, from) + inserted + text.slice(to);
}

/** A new key at the end of a mapping. `value` as text is what stands after the colon, on one line. */
export function insertKey(
  source: YamlSource,
  map: YAMLMap,
  key: string,
  value: YamlValue | { readonly written: string },
  comment = "",
): string {
  const { text } = source;
  const written = isWritten(value) ? value.written : flowText(value);
  if (map.flow === true) return insertInFlow(text, map, `${scalarText(key, "flow")}: ${written}`);
  const style = blockStyle(source);
  const first = map.items[0]?.key;
  const column = isNode(first) ? columnOf(text, startOf(first)) : 0;
  const end = afterComments(text, lastLineEnd(text, endOf(map)), column);
  const gap = map === source.root ? style.newline : "";
  const after = isWritten(value) ? ` ${value.written}` : valueText(value, column, style, comment);
  const line = `${gap}${style.newline}${" ".repeat(column)}${scalarText(key, "block")}:${after}`;
  return splice(text, { from: end, to: end, text: line });
}

function isWritten(value: YamlValue | { readonly written: string }): value is { readonly written: string } {
  return (
    typeof value === "object" && value !== null && "written" in value && typeof value.written === "string"
  );
}

/** One more item at the end of a list. */
export function insertItem(source: YamlSource, list: YAMLSeq, item: YamlValue, comment = ""): string {
  const { text } = source;
  if (list.flow === true) return insertInFlow(text, list, flowText(item));
  const column = columnOf(text, startOf(list));
  const { newline, ...style } = blockStyle(source);
  const end = afterComments(text, lastLineEnd(text, endOf(list)), column);
  const remark = comment === "" ? "" : ` # ${comment.replaceAll(/\s+/g, " ")}`;
  const line = `${newline}${itemLines(item, column, { newline, ...style }).join(newline)}${remark}`;
  return splice(text, { from: end, to: end, text: line });
}

function insertInFlow(text: string, collection: YAMLMap | YAMLSeq, entry: string): string {
  if (collection.items.length === 0) {
    const [from, to] = [startOf(collection), endOf(collection)];
    return splice(text, { from, to, text: isMap(collection) ? `{ ${entry} }` : `[${entry}]` });
  }
  const last = collection.items.at(-1);
  const end = isMap(collection) ? endOfPair(last as Pair) : endOf(last as Node);
  return splice(text, { from: end, to: end, text: `, ${entry}` });
}

/** Another value under a key. Anchors stay where they are. */
export function replaceValue(source: YamlSource, map: YAMLMap, pair: Pair, value: YamlValue): string {
  const { text } = source;
  const old = isNode(pair.value) ? pair.value : undefined;
  if (map.flow === true || (old !== undefined && !isBlock(old) && endOf(old) > startOf(old))) {
    if (old === undefined) return splice(text, at(endOfPair(pair), `: ${flowText(value)}`));
    const gap = endOf(old) === startOf(old) && text[startOf(old) - 1] !== " " ? " " : "";
    const inFlow = map.flow === true || (typeof value === "object" && value !== null);
    const written = inFlow ? flowText(value) : scalarText(value, "block");
    return splice(text, { from: startOf(old), to: endOf(old), text: `${gap}${written}` });
  }
  // Over lines of its own, or nothing at all: what follows the colon stays up to its comment.
  const colon = colonOf(pair);
  const end = lineEnd(text, colon);
  const rest = text.slice(colon + 1, end);
  const comment = /(?:^|\s+)#.*$/.exec(rest)?.[0] ?? "";
  const kept = rest
    .slice(0, rest.length - comment.length)
    .replace(/[|>][-+\d]*\s*$/, "")
    .trimEnd();
  const column = isNode(pair.key) ? columnOf(text, startOf(pair.key)) : 0;
  const [head = "", ...lines] = valueText(value, column, { ...blockStyle(source), newline: "\n" }).split(
    "\n",
  );
  const { newline } = blockStyle(source);
  const body = [`${kept}${head}${comment}`, ...lines].join(newline);
  const to = old === undefined ? end : Math.max(end, lastLineEnd(text, endOf(old)));
  return splice(text, { from: colon + 1, to, text: body });
}

export function replaceItem({ text }: YamlSource, list: YAMLSeq, item: Node, value: string): string {
  const written = scalarText(value, list.flow === true ? "flow" : "block");
  const to = isBlock(item) ? lastLineEnd(text, endOf(item)) : endOf(item);
  return splice(text, { from: startOf(item), to, text: written });
}

/** An alias replaced by what it means, on one line. */
export function writeOut(source: YamlSource, alias: Alias, without?: string): string {
  const written = flowTextOf(source, alias, without);
  return splice(source.text, { from: startOf(alias), to: endOf(alias), text: written });
}

/** `app: *base` as a mapping of its own, which begins with all that the alias brings. */
export function mergeAlias(source: YamlSource, map: YAMLMap, pair: Pair, alias: Alias): string {
  const { text } = source;
  const merge = `<<: ${text.slice(startOf(alias), endOf(alias))}`;
  if (map.flow === true || !isNode(pair.key)) {
    return splice(text, { from: startOf(alias), to: endOf(alias), text: `{ ${merge} }` });
  }
  const { newline, step } = blockStyle(source);
  const indent = " ".repeat(columnOf(text, startOf(pair.key)) + step);
  return splice(text, { from: colonOf(pair) + 1, to: endOf(alias), text: `${newline}${indent}${merge}` });
}

/** `undefined` when the mapping would be left with nothing. */
export function removeKey({ text }: YamlSource, map: YAMLMap, pair: Pair): string | undefined {
  const index = map.items.indexOf(pair);
  const [before, after] = [map.items[index - 1], map.items[index + 1]];
  if (before === undefined && after === undefined) return undefined;
  const start = pairStart(pair);
  if (map.flow !== true && isFirstOnLine(text, start)) return removeLines(text, start, endOfPair(pair));
  if (after !== undefined) return splice(text, { from: start, to: pairStart(after), text: "" });
  const from = before === undefined ? start : endOfPair(before);
  return splice(text, { from, to: endOfPair(pair), text: "" });
}

/** `undefined` when the list would be left with nothing. */
export function removeItem({ text }: YamlSource, list: YAMLSeq, item: Node): string | undefined {
  const index = list.items.indexOf(item);
  const [before, after] = [list.items[index - 1], list.items[index + 1]];
  if (before === undefined && after === undefined) return undefined;
  if (list.flow === true) {
    if (isNode(after)) return splice(text, { from: startOf(item), to: startOf(after), text: "" });
    const from = isNode(before) ? endOf(before) : startOf(item);
    return splice(text, { from, to: endOf(item), text: "" });
  }
  return removeLines(text, dashOf(list, index), endOf(item));
}

/** From the line on which it starts to the line on which it ends. */
function removeLines(text: string, start: number, end: number): string {
  const from = lineStart(text, start);
  const last = lastLineEnd(text, end);
  const to = nextLine(text, last);
  // Without a last line break, the one before goes.
  if (to === text.length && !text.endsWith("\n")) return text.slice(0, lineEnd(text, Math.max(0, from - 2)));
  return splice(text, { from, to, text: "" });
}

function at(place: number, text: string): Splice {
  return { from: place, to: place, text };
}

function pairStart(pair: Pair): number {
  return isNode(pair.key) ? startOf(pair.key) : 0;
}

/** From the parser's tokens, as the text between a key and its value may hold comments and anchors. */
function colonOf(pair: Pair): number {
  const colon = pair.srcToken?.sep?.find(({ type }) => type === "map-value-ind");
  return colon?.offset ?? (isNode(pair.key) ? endOf(pair.key) : 0);
}

function dashOf(list: YAMLSeq, index: number): number {
  const token = list.srcToken;
  const start = token !== undefined && "items" in token ? token.items[index]?.start : undefined;
  return start?.find(({ type }) => type === "seq-item-ind")?.offset ?? startOf(list);
}

/** The alias values of a mapping's `<<` that give it a key. */
export function mergeAliases(map: YAMLMap): readonly Node[] {
  return map.items.filter(isMerge).flatMap(({ value }) => {
    if (isSeq(value)) return value.items.filter(isNode);
    return isNode(value) ? [value] : [];
  });
}
