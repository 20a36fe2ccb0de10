/** Finds the line of a Compose file that decides something, or the line under which the deciding key is missing. */
import { basename, relative, resolve } from "node:path";
import type { SourceLine } from "@seaworthy/evidence";
import type { Place } from "../fault/fault.ts";
import type { ComposeNode, MapNode } from "./compose-node.ts";

/**
 * The line of `path`, or of its nearest parent that was written; `key` names what was asked for, so that
 * `services.app.read_only` on the line of `app` says "here it is missing".
 *
 * @param path `["services", "app", "tmpfs", "0"]`; list items by their index
 * @param directory of the project, absolute: files below it are named from there
 */
export function sourceLine(root: MapNode, path: readonly string[], directory: string): SourceLine {
  const place = placeOf(root, path);
  return { file: shortName(place.file, directory), line: place.line ?? 1, key: path.join(".") };
}

/** The place of `path`, or of its nearest parent that was written. */
export function placeOf(root: MapNode, path: readonly string[]): Place {
  let node: ComposeNode = root;
  for (const step of path) {
    const child = childOf(node, step);
    if (child === undefined) break;
    node = child;
  }
  return node.place;
}

function shortName(file: string, directory: string): string {
  const below = relative(directory, resolve(file));
  return below.startsWith("..") ? basename(file) : below;
}

function childOf(node: ComposeNode, step: string): ComposeNode | undefined {
  if (node.kind === "map") return node.entries.get(step);
  if (node.kind === "list") return node.items[Number(step)];
  return undefined;
}
