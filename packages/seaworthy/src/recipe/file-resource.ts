/** Reads the top-level `secrets:` and `configs:`: one file each, and how one that is missing is made. */
import { join, posix, resolve } from "node:path";
import type { Place } from "../fault/fault.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type MapNode, valueFault } from "./compose-node.ts";
import type { Lookup } from "./environment.ts";
import { expectMap, expectString, optional, required } from "./expect.ts";

/** `x-seaworthy: { generate: password }`, or a text with the contents of other secrets: `{{db_password}}`. */
export type Generate =
  | { readonly kind: "password" }
  | { readonly kind: "template"; readonly text: string; readonly needs: readonly string[] }
  /** What the Compose file itself says, or a variable: written anew whenever it has changed. */
  | { readonly kind: "value"; readonly text: string };

export interface ComposeFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly generate: Generate | undefined;
  readonly place: Place;
}

/** @param directory of the project, absolute @param lookup for `environment: NAME` */
export function readFileResource(
  node: ComposeNode,
  name: string,
  kind: "secret" | "config",
  directory: string,
  lookup: Lookup,
): ComposeFile {
  const map = expectMap(node);
  const table = KEYS[kind];
  checkKeys(map, kind === "secret" ? { ...table, supported: [...table.supported, "x-seaworthy"] } : table);
  const value = readValue(map, lookup);
  if (value !== undefined) {
    const path = join(directory, ".seaworthy", `${kind}s`, posix.basename(name));
    return { name, path, generate: { kind: "value", text: value }, place: map.place };
  }
  return {
    name,
    path: required(map, "file", (file) => resolve(file.base, expectString(file))),
    generate: optional(map, "x-seaworthy", readGenerate),
    place: map.place,
  };
}

/** `environment: NAME` and, of a config, `content`. */
function readValue(map: MapNode, lookup: Lookup): string | undefined {
  const ways = ["file", "environment", "content"].filter((key) => map.entries.has(key));
  if (ways.length > 1) throw valueFault(map, `given in one way`, ways.join(" and "));
  return (
    optional(map, "content", expectString) ??
    optional(map, "environment", (node) => {
      const name = expectString(node);
      const value = lookup(name);
      if (value === undefined) throw valueFault(node, "a variable that is set", `"${name}", which is not`);
      return value;
    })
  );
}

function readGenerate(node: ComposeNode): Generate {
  const map = expectMap(node);
  checkKeys(map, KEYS.generate);
  return required(map, "generate", (value) => {
    const text = expectString(value);
    if (text === "password") return { kind: "password" };
    const needs = [...text.matchAll(/\{\{([\w.-]+)\}\}/g)].map((match) => match[1] ?? "");
    if (needs.length > 0) return { kind: "template", text, needs };
    throw valueFault(
      value,
      '"password", or a text that has other secrets in it, like "redis://:{{password}}@redis"',
    );
  });
}
