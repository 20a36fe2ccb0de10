/** Reads `include:`: other projects' files, with a folder and variables of their own. */
import { dirname, resolve } from "node:path";
import type { Place } from "../fault/fault.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type MapNode, unsupported } from "./compose-node.ts";
import { expectList, expectString, optional, required } from "./expect.ts";

export interface Include {
  /** Absolute, lowest first. */
  readonly files: readonly string[];
  /** Absolute: where relative paths in them start. */
  readonly directory: string;
  /** Absolute; `.env` in the folder when left out, which need not be there. */
  readonly envFiles: readonly string[] | undefined;
  readonly place: Place;
}

/** @see {@link https://github.com/compose-spec/compose-spec/blob/main/14-include.md} */
export function readIncludes(root: MapNode): readonly Include[] {
  return optional(root, "include", (node) => expectList(node).items.map(readInclude)) ?? [];
}

function readInclude(node: ComposeNode): Include {
  if (node.kind === "map") checkKeys(node, KEYS.include);
  const files = node.kind === "map" ? required(node, "path", readPaths) : readPaths(node);
  const directory = node.kind === "map" ? optional(node, "project_directory", readPath) : undefined;
  return {
    files,
    directory: directory ?? dirname(files[0] ?? node.base),
    envFiles: node.kind === "map" ? optional(node, "env_file", readPaths) : undefined,
    place: node.place,
  };
}

function readPaths(node: ComposeNode): readonly string[] {
  return node.kind === "list" ? node.items.map(readPath) : [readPath(node)];
}

function readPath(node: ComposeNode): string {
  const path = expectString(node);
  if (/^[\w+.-]+:\/\/|^git@|^oci:/.test(path)) {
    throw unsupported(node, "a file from somewhere else", "Fetch it, check it, and name the local copy.");
  }
  return resolve(node.base, path);
}
