/** What an edit means, said on plain values: the text must say the same afterwards. */
import type { YamlValue } from "./yaml-source.ts";

export type Step = string | number;

/** All of them are once when done twice. */
export type Edit =
  /** The value under a key, an item that is there, or one right after the last; mappings on the way are made. */
  | {
      readonly kind: "set";
      readonly path: readonly Step[];
      readonly value: YamlValue;
      /** Written behind it when it makes a line of its own. */
      readonly comment?: string;
    }
  /** A key, and all that is under it. */
  | { readonly kind: "remove"; readonly path: readonly Step[] }
  /** One more item at the end of a list that does not have it; a single value becomes a list. */
  | {
      readonly kind: "add";
      readonly path: readonly Step[];
      readonly item: string;
      readonly comment?: string;
    }
  /** No such item in a list. */
  | { readonly kind: "drop"; readonly path: readonly Step[]; readonly item: string }
  /** Another in the place of an item. */
  | { readonly kind: "swap"; readonly path: readonly Step[]; readonly item: string; readonly to: string };

export function editedValue(value: YamlValue, edit: Edit): YamlValue {
  switch (edit.kind) {
    case "set":
      return withChild(value, edit.path, () => edit.value);
    case "remove":
      return childOf(value, edit.path) === undefined ? value : withChild(value, edit.path, () => undefined);
    case "add":
      return withChild(value, edit.path, (list) =>
        hasItem(list, edit.item) ? list : [...itemsOf(list), edit.item],
      );
    case "drop":
    case "swap":
      if (!hasItem(childOf(value, edit.path), edit.item)) return value;
      return withChild(value, edit.path, (list) => {
        const to = edit.kind === "swap" ? [edit.to] : [];
        return itemsOf(list).flatMap((item) => (isItem(item, edit.item) ? to : [item]));
      });
  }
}

/** @returns `undefined` when there is no such thing */
export function childOf(value: YamlValue | undefined, path: readonly Step[]): YamlValue | undefined {
  let child = value;
  for (const step of path) {
    if (isList(child)) child = typeof step === "number" ? child[step] : undefined;
    else child = isMapping(child) && Object.hasOwn(child, step) ? child[step] : undefined;
  }
  return child;
}

function withChild(
  value: YamlValue | undefined,
  [step, ...rest]: readonly Step[],
  change: (old: YamlValue | undefined) => YamlValue | undefined,
): YamlValue {
  if (step === undefined) return change(value) ?? null;
  const old = childOf(value, [step]);
  const changed = rest.length === 0 ? change(old) : withChild(old, rest, change);
  if (isList(value)) {
    const items = value.flatMap((item, index) =>
      index === step ? (changed === undefined ? [] : [changed]) : [item],
    );
    return step === value.length && changed !== undefined ? [...items, changed] : items;
  }
  const entries = Object.entries(isMapping(value) ? value : {}).filter(
    ([key]) => key !== String(step) || changed !== undefined,
  );
  const known = new Map<string, YamlValue>(entries);
  if (changed !== undefined) known.set(String(step), changed);
  return Object.fromEntries(known);
}

/** What a value means as a list: nothing is none, a single value is one. */
export function itemsOf(value: YamlValue | undefined): readonly YamlValue[] {
  if (isList(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

/** Numbers too: `- 80` is the item `80`. */
export function isItem(value: YamlValue, item: string): boolean {
  return (typeof value === "string" || typeof value === "number") && String(value) === item;
}

function hasItem(value: YamlValue | undefined, item: string): boolean {
  return itemsOf(value).some((one) => isItem(one, item));
}

function isList(value: YamlValue | undefined): value is readonly YamlValue[] {
  return Array.isArray(value);
}

export function isMapping(value: YamlValue | undefined): value is { readonly [key: string]: YamlValue } {
  return typeof value === "object" && value !== null && !isList(value);
}
