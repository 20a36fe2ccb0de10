/** Reads the top-level `secrets:` and `configs:`: one file each, and how a missing secret is made. */
import { resolve } from "node:path";
import type { Place } from "../fault/fault.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, valueFault } from "./compose-node.ts";
import { expectMap, expectString, optional, required } from "./expect.ts";

/** `x-seaworthy: { generate: password }`, or a text with the contents of other secrets: `{{db_password}}`. */
export type Generate =
  | { readonly kind: "password" }
  | { readonly kind: "template"; readonly text: string; readonly needs: readonly string[] };

export interface ComposeFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly generate: Generate | undefined;
  readonly place: Place;
}

export function readFileResource(node: ComposeNode, name: string, kind: "secret" | "config"): ComposeFile {
  const map = expectMap(node);
  const table = KEYS[kind];
  checkKeys(map, kind === "secret" ? { ...table, supported: [...table.supported, "x-seaworthy"] } : table);
  return {
    name,
    path: required(map, "file", (file) => resolve(file.base, expectString(file))),
    generate: optional(map, "x-seaworthy", readGenerate),
    place: map.place,
  };
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
