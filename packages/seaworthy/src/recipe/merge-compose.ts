/** Lays one Compose file over another by Compose's rules; every value keeps the place where it was written. */
import { Fault } from "../fault/fault.ts";
import type { ComposeNode, ListNode, MapNode } from "./compose-node.ts";
import { itemKey, type Rule, ruleOf } from "./merge-rules.ts";

/**
 * @param path of both, which decides the rule: `["services", "app", "ports"]`
 * @throws Fault `compose/merge` for a mapping or list over which something else is laid
 * @see {@link https://github.com/compose-spec/compose-spec/blob/main/13-merge.md}
 */
export function mergeCompose(below: ComposeNode, above: ComposeNode, path: readonly string[]): ComposeNode {
  if (above.tag === "override" || isEmpty(below)) return settled(above, path);
  if (isEmpty(above)) return below;
  const rule = ruleOf(path);
  if (rule === "replace" || (rule === "replace other drivers" && haveOtherDrivers(below, above))) {
    return settled(above, path);
  }
  return mergeAlike(shaped(below, rule), shaped(above, rule), path);
}

/** What a value is when nothing lies below it: nothing is left to reset, and of items that mean the same the last one counts. */
export function settled(node: ComposeNode, path: readonly string[]): ComposeNode {
  if (node.kind === "scalar") return node;
  const rule = ruleOf(path);
  if (node.kind === "list") return { ...node, items: withoutRepetition(node.items, rule) };
  const kept = [...node.entries].filter(([, value]) => value.tag !== "reset");
  return { ...node, entries: new Map(kept.map(([key, value]) => [key, settled(value, [...path, key])])) };
}

function mergeAlike(below: ComposeNode, above: ComposeNode, path: readonly string[]): ComposeNode {
  if (below.kind === "map" && above.kind === "map") return mergeMaps(below, above, path);
  if (below.kind === "list" && above.kind === "list") {
    return { ...above, items: withoutRepetition([...below.items, ...above.items], ruleOf(path)) };
  }
  if (below.kind === "scalar") return settled(above, path);
  if (ruleOf(path) === "replace other kinds") return settled(above, path);
  throw new Fault({
    code: "compose/merge",
    message: `expected ${above.key} to be a ${below.kind === "map" ? "mapping" : "list"}, as it is in ${below.place.file}, found a ${above.kind}`,
    place: above.place,
    hint: "Write it in the same form, or mark it with !override to replace what is there.",
  });
}

function mergeMaps(below: MapNode, above: MapNode, path: readonly string[]): MapNode {
  const entries = new Map(below.entries);
  for (const [key, node] of above.entries) {
    const under = entries.get(key);
    const at = [...path, key];
    if (node.tag === "reset") entries.delete(key);
    else if (under === undefined || ruleOf(path) === "pairs") entries.set(key, settled(node, at));
    else entries.set(key, mergeCompose(under, node, at));
  }
  return { ...above, place: below.place, base: below.base, entries };
}

/** A later item takes the place of an earlier one that it repeats. */
function withoutRepetition(items: readonly ComposeNode[], rule: Rule): readonly ComposeNode[] {
  const kept = new Map<unknown, ComposeNode>();
  for (const item of items) kept.set(itemKey(item, rule) ?? item, item);
  return [...kept.values()];
}

/** The short forms of a value in its long form, so that both can be laid over each other. */
function shaped(node: ComposeNode, rule: Rule): ComposeNode {
  if (rule === "pairs" && node.kind === "list") return fromItems(node, splitPair);
  if (rule === "names" && node.kind === "list") return fromItems(node, (text) => [text, null]);
  if (rule === "build" && node.kind === "scalar")
    return { ...node, kind: "map", entries: new Map([["context", node]]) };
  if (isListRule(rule) && node.kind === "scalar") return { ...node, kind: "list", items: [node] };
  return node;
}

function isListRule(rule: Rule): boolean {
  return typeof rule === "object";
}

function splitPair(text: string): readonly [string, string | null] {
  const sign = text.indexOf("=");
  return sign === -1 ? [text, null] : [text.slice(0, sign), text.slice(sign + 1)];
}

/** Items that are no text stay a list, for the reader to complain of. */
function fromItems(list: ListNode, split: (text: string) => readonly [string, string | null]): ComposeNode {
  const entries = new Map<string, ComposeNode>();
  for (const item of list.items) {
    if (item.kind !== "scalar" || item.value === null) return list;
    const [name, value] = split(String(item.value));
    entries.set(name, { ...item, value });
  }
  return { ...list, kind: "map", entries };
}

function isEmpty(node: ComposeNode): boolean {
  return node.kind === "scalar" && node.value === null;
}

/** One that does not say its driver means the other's. */
function haveOtherDrivers(below: ComposeNode, above: ComposeNode): boolean {
  const driver = driverOf(above);
  return driver !== undefined && driver !== driverOf(below);
}

function driverOf(node: ComposeNode): unknown {
  const driver = node.kind === "map" ? node.entries.get("driver") : undefined;
  return driver?.kind === "scalar" ? driver.value : undefined;
}
