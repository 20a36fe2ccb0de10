/** Reads a node as the type the Compose Specification gives it, or says on which line it is something else. */
import { type ComposeNode, type ListNode, type MapNode, valueFault } from "./compose-node.ts";

export function expectMap(node: ComposeNode): MapNode {
  if (node.kind !== "map") throw valueFault(node, "a mapping");
  return node;
}

export function expectList(node: ComposeNode): ListNode {
  if (node.kind !== "list") throw valueFault(node, "a list");
  return node;
}

export function expectString(node: ComposeNode): string {
  if (node.kind !== "scalar" || typeof node.value !== "string") throw valueFault(node, "a string");
  return node.value;
}

/** A string, or a number or boolean as its text, where Compose is lenient: environment, build arguments. */
export function expectText(node: ComposeNode): string {
  if (node.kind !== "scalar" || node.value === null) {
    throw valueFault(node, "a string, a number or a boolean");
  }
  return String(node.value);
}

/** Also the words of YAML 1.1, which Compose still takes. */
export function expectBoolean(node: ComposeNode): boolean {
  if (node.kind === "scalar") {
    if (typeof node.value === "boolean") return node.value;
    const word = typeof node.value === "string" ? node.value.toLowerCase() : "";
    if (["true", "y", "yes", "on"].includes(word)) return true;
    if (["false", "n", "no", "off"].includes(word)) return false;
  }
  throw valueFault(node, "true or false");
}

export function expectNumber(node: ComposeNode): number {
  const value = node.kind !== "scalar" || node.value === "" ? Number.NaN : node.value;
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) throw valueFault(node, "a number");
  return number;
}

/** @param least the smallest number that makes sense here */
export function expectInteger(node: ComposeNode, least: number): number {
  const number = expectNumber(node);
  if (!Number.isSafeInteger(number) || number < least) {
    throw valueFault(node, `a whole number from ${least} on`);
  }
  return number;
}

export function expectOneOf<T extends string>(node: ComposeNode, words: readonly T[]): T {
  const text = expectString(node);
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw valueFault(node, words.map((candidate) => `"${candidate}"`).join(" or "));
  return word;
}

/** Reads a key where it is present and not empty; an empty key is an absent key, as Compose has it. */
export function optional<T>(map: MapNode, key: string, read: (node: ComposeNode) => T): T | undefined {
  const node = map.entries.get(key);
  if (node === undefined || (node.kind === "scalar" && node.value === null)) return undefined;
  return read(node);
}

export function required<T>(map: MapNode, key: string, read: (node: ComposeNode) => T): T {
  const value = optional(map, key, read);
  if (value === undefined) throw valueFault(map, `a mapping with the key "${key}"`, "none");
  return value;
}
