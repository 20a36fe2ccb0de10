/** Edits a YAML text so that it says what is wanted and changes nowhere else; what it says is read back before it is believed. */
import { isDeepStrictEqual } from "node:util";
import { isAlias, isMap, isNode, isSeq, type Node, type YAMLMap } from "yaml";
import { Fault } from "../fault/fault.ts";
import {
  insertItem,
  insertKey,
  mergeAlias,
  mergeAliases,
  removeItem,
  removeKey,
  replaceItem,
  replaceValue,
  splice,
  writeOut,
} from "./edit-text.ts";
import { childOf, type Edit, editedValue, isItem, itemsOf, type Step } from "./edit-value.ts";
import { endOf, startOf } from "./yaml-place.ts";
import { entriesOf, follow, ownPair, plainValue, readYaml, valueOf, type YamlSource } from "./yaml-source.ts";
import { flowTextOf } from "./yaml-text.ts";

/** Of one edit: each makes one more thing on the path the file's own. */
const MOST_STEPS = 32;

/**
 * Comments, order, quotes, indentation, anchors, blank lines and line ends stay; only the lines that must change do.
 * An anchor that others use is not changed under them: they are given what they had, written out.
 * @param file to show in messages
 * @throws Fault `harden/yaml` for a text that is not one YAML mapping, `harden/edit` when no edit was found that says
 * what is wanted and nothing else
 */
export function editYaml(text: string, edits: readonly Edit[], file: string): string {
  const source = readYaml(text, file);
  let wanted = plainValue(source);
  for (const edit of edits) wanted = editedValue(wanted, edit);
  const says = (candidate: string | undefined): candidate is string => {
    if (candidate === undefined) return false;
    try {
      return isDeepStrictEqual(plainValue(readYaml(candidate, file)), wanted);
    } catch (error) {
      if (error instanceof Fault) return false;
      throw error;
    }
  };
  if (says(text)) return text;
  const direct = applyAll(text, edits, file);
  if (says(direct)) return direct;
  const separated = applyAll(separate(source, edits), edits, file);
  if (says(separated)) return separated;
  throw new Fault({
    code: "harden/edit",
    message: `expected a way to write ${edits.map(({ path }) => path.join(".")).join(", ")} into the file, found none that leaves the rest as it is`,
    place: { file },
    hint: "Write the service's mapping out, without tags, explicit keys or anchors inside it, and try again.",
  });
}

/** @returns `undefined` when a text came out that is not YAML */
function applyAll(text: string, edits: readonly Edit[], file: string): string | undefined {
  let current = text;
  try {
    for (const edit of edits) {
      // More than once where a list has the same item more than once.
      for (let count = 0; count < MOST_STEPS; count += 1) {
        const source = readYaml(current, file);
        const value = plainValue(source);
        if (isDeepStrictEqual(editedValue(value, edit), value)) break;
        const changed = applyOne(source, edit, file);
        if (changed === undefined) return undefined;
        current = changed;
      }
    }
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
  return current;
}

function applyOne(given: YamlSource, edit: Edit, file: string): string | undefined {
  let source = given;
  for (let count = 0; count < MOST_STEPS; count += 1) {
    const own = makeOwn(
      source,
      edit.kind === "set" || edit.kind === "remove" ? edit.path.slice(0, -1) : edit.path,
    );
    if (own === undefined) return change(source, edit);
    source = readYaml(own, file);
  }
  return undefined;
}

/** The text with the first thing on the path that is not the file's own made so; `undefined` when all are. */
function makeOwn(source: YamlSource, path: readonly Step[]): string | undefined {
  let node: Node = source.root;
  for (const step of path) {
    let child: Node | undefined;
    if (isMap(node)) {
      const pair = ownPair(node, String(step));
      if (pair === undefined) {
        const inherited = entriesOf(source, node).get(String(step));
        if (inherited === undefined) return undefined;
        return insertKey(source, node, String(step), { written: flowTextOf(source, inherited) });
      }
      child = valueOf(pair);
      if (isAlias(child)) {
        return isMap(follow(source, child)) ? mergeAlias(source, node, pair, child) : writeOut(source, child);
      }
    } else if (isSeq(node) && typeof step === "number") {
      const item: unknown = node.items[step];
      child = isNode(item) ? item : undefined;
      if (isAlias(child)) return writeOut(source, child);
    }
    if (child === undefined) return undefined;
    node = child;
  }
  return undefined;
}

/** Everything on the edit's path is the file's own. */
function change(source: YamlSource, edit: Edit): string | undefined {
  if (edit.kind === "set") return setValue(source, edit);
  if (edit.kind === "remove") return removeValue(source, edit.path);
  const node = nodeAt(source, edit.path);
  const list = itemsOf(childOf(editedValue(plainValue(source), edit), edit.path));
  if (!isSeq(node) || list.length === 0) {
    const comment = edit.kind === "add" ? { comment: edit.comment ?? "" } : {};
    return setValue(source, { kind: "set", path: edit.path, value: list, ...comment });
  }
  if (edit.kind === "add") return insertItem(source, node, edit.item, edit.comment);
  const index = itemsOf(childOf(plainValue(source), edit.path)).findIndex((item) => isItem(item, edit.item));
  const item = node.items[index];
  if (!isNode(item)) return undefined;
  return edit.kind === "drop" ? removeItem(source, node, item) : replaceItem(source, node, item, edit.to);
}

function setValue(source: YamlSource, edit: Extract<Edit, { kind: "set" }>): string | undefined {
  const { path, value, comment } = edit;
  const [parent, key] = [nodeAt(source, path.slice(0, -1)), path.at(-1)];
  if (key === undefined) return undefined;
  if (isMap(parent)) {
    const pair = ownPair(parent, String(key));
    return pair === undefined
      ? insertKey(source, parent, String(key), value, comment)
      : replaceValue(source, parent, pair, value);
  }
  if (isSeq(parent) && typeof key === "number") {
    if (key === parent.items.length && key > 0) return insertItem(source, parent, value);
    const item = parent.items[key];
    return isNode(item) && typeof value === "string" ? replaceItem(source, parent, item, value) : undefined;
  }
  const upper = path.slice(0, -1);
  const whole = childOf(editedValue(plainValue(source), edit), upper);
  return whole === undefined ? undefined : setValue(source, { kind: "set", path: upper, value: whole });
}

function removeValue(source: YamlSource, path: readonly Step[]): string | undefined {
  const [parent, key] = [nodeAt(source, path.slice(0, -1)), path.at(-1)];
  if (!isMap(parent) || key === undefined) return undefined;
  const pair = ownPair(parent, String(key));
  if (pair === undefined) return withoutInherited(source, parent, String(key));
  const removed = removeKey(source, parent, pair);
  if (removed !== undefined) return removed;
  const upper = path.slice(0, -1);
  return upper.length === 0 ? undefined : setValue(source, { kind: "set", path: upper, value: {} });
}

/** What is merged cannot be taken away from outside: the merge is written out without it. */
function withoutInherited(source: YamlSource, map: YAMLMap, key: string): string | undefined {
  const giver = mergeAliases(map).find((node) => {
    const target = follow(source, node);
    return isMap(target) && entriesOf(source, target).has(key);
  });
  if (giver === undefined) return undefined;
  if (isAlias(giver)) return writeOut(source, giver, key);
  const written = flowTextOf(source, giver, key);
  return splice(source.text, { from: startOf(giver), to: endOf(giver), text: written });
}

/** Without following aliases. */
function nodeAt({ root }: YamlSource, path: readonly Step[]): Node | undefined {
  let node: Node | undefined = root;
  for (const step of path) {
    if (isMap(node)) {
      const pair = ownPair(node, String(step));
      node = pair === undefined ? undefined : valueOf(pair);
    } else if (isSeq(node) && typeof step === "number") {
      const item: unknown = node.items[step];
      node = isNode(item) ? item : undefined;
    } else return undefined;
  }
  return node;
}

/** Aliases of what the edits change are written out first, so that who uses them keeps what it had. */
function separate(source: YamlSource, edits: readonly Edit[]): string {
  const touched = edits.map(({ path }) => deepestNode(source, path)).filter((node) => node !== source.root);
  const shared = [...source.aliases].filter(([, target]) =>
    touched.some((node) => contains(target, node) || contains(node, target)),
  );
  let { text } = source;
  // From the end on, so that places before stay true; what is written out is what was meant at first.
  for (const [alias] of shared.sort(([a], [b]) => startOf(b) - startOf(a))) {
    text = splice(text, { from: startOf(alias), to: endOf(alias), text: flowTextOf(source, alias) });
  }
  return text;
}

function deepestNode(source: YamlSource, path: readonly Step[]): Node {
  for (let length = path.length; length > 0; length -= 1) {
    const node = nodeAt(source, path.slice(0, length));
    if (node !== undefined) return node;
  }
  return source.root;
}

function contains(outer: Node, inner: Node): boolean {
  return startOf(outer) <= startOf(inner) && endOf(inner) <= endOf(outer);
}
