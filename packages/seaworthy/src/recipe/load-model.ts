/** Reads the Compose files of a project into one mapping: each with what it extends and includes, one laid over the other. */
import { dirname, join, resolve } from "node:path";
import { Fault, type Place } from "../fault/fault.ts";
import { MAX_COMPOSE_BYTES, parseCompose } from "./compose-document.ts";
import { type ComposeNode, type ComposeWarning, type MapNode, valueFault } from "./compose-node.ts";
import { readDotenvFiles } from "./dotenv.ts";
import type { Lookup } from "./environment.ts";
import { expectMap, optional } from "./expect.ts";
import { withBases } from "./extends.ts";
import { type Include, readIncludes } from "./include.ts";
import { mergeCompose, settled } from "./merge-compose.ts";
import { readTextFile } from "./text-file.ts";

export interface ModelContext {
  readonly lookup: Lookup;
  readonly warnings: ComposeWarning[];
}

/** More files in one project are a mistake, or an attack. */
const MAX_FILES = 200;
const SHARED = ["services", "networks", "volumes", "secrets", "configs", "models"];

/**
 * @param files as the caller wrote them, lowest first
 * @param base absolute: where relative paths in all of them start
 * @returns the model without `include` and `extends`
 * @throws Fault `compose/...` with file and line
 */
export async function loadModel(
  files: readonly string[],
  base: string,
  context: ModelContext,
): Promise<MapNode> {
  let opened = 0;
  return await load(files, base, context.lookup, [], undefined);

  async function load(
    paths: readonly string[],
    directory: string,
    lookup: Lookup,
    includers: readonly string[],
    asked: Place | undefined,
  ): Promise<MapNode> {
    let model: MapNode | undefined;
    for (const path of paths) {
      const whole = resolve(path);
      if (includers.includes(whole)) throw circle(whole, asked);
      const root = await open(path, directory, lookup, asked);
      const own = await withBases(root, path, (file, from) =>
        // What another file says of a service is relative to that file.
        open(file, dirname(resolve(file)), lookup, from),
      );
      let rest = without(own, "include");
      for (const include of readIncludes(own)) {
        const included = only(await loadInclude(include, lookup, [...includers, whole]));
        refuseRepeated(included, rest);
        rest = expectMap(mergeCompose(included, rest, []));
      }
      model = expectMap(model === undefined ? settled(rest, []) : mergeCompose(model, rest, []));
    }
    if (model === undefined) throw new TypeError("expected at least one Compose file");
    return model;
  }

  async function open(
    path: string,
    directory: string,
    lookup: Lookup,
    asked: Place | undefined,
  ): Promise<MapNode> {
    opened += 1;
    if (opened > MAX_FILES) {
      throw new Fault({
        code: "compose/size",
        message: `expected at most ${MAX_FILES} Compose files in one project, found more`,
        place: asked ?? { file: path },
      });
    }
    const rules = { code: "compose/file", maxBytes: MAX_COMPOSE_BYTES };
    const text = await readTextFile(path, asked === undefined ? rules : { ...rules, place: asked });
    if (text === undefined) {
      throw new Fault({
        code: "compose/file",
        message: `expected a Compose file${asked === undefined ? "" : ` at ${path}`}, found nothing`,
        place: asked ?? { file: path },
        hint: "Name the folder that has compose.yaml, or the file itself.",
      });
    }
    const { root, warnings } = parseCompose(text, path, lookup, directory);
    context.warnings.push(...warnings);
    return root;
  }

  async function loadInclude(
    { files: paths, directory, envFiles, place }: Include,
    lookup: Lookup,
    includers: readonly string[],
  ): Promise<MapNode> {
    const values = await readDotenvFiles(envFiles ?? [join(directory, ".env")], lookup, {
      place,
      needed: envFiles !== undefined,
    });
    return await load(paths, directory, (name) => lookup(name) ?? values.get(name), includers, place);
  }
}

/** Of an included file only what it declares counts: not its name, for instance. */
function only(model: MapNode): MapNode {
  const entries = [...model.entries].filter(([key]) => SHARED.includes(key) || key.startsWith("x-"));
  return { ...model, entries: new Map(entries) };
}

/** What is included may not be declared a second time in the file that includes it; a later file may still change it. */
function refuseRepeated(model: MapNode, other: MapNode): void {
  for (const section of SHARED) {
    const ours = optional(model, section, expectMap)?.entries;
    const theirs = optional(other, section, expectMap)?.entries;
    for (const [name, node] of theirs ?? []) {
      const first = ours?.get(name);
      if (first === undefined || first.place.file === node.place.file) continue;
      throw valueFault(
        node,
        `declared once (${first.place.file}:${first.place.line} has it)`,
        "it declared again",
        "Rename one of them, or change the included one in a file of its own: -f compose.yaml -f change.yaml.",
      );
    }
  }
}

function without(map: MapNode, key: string): MapNode {
  const entries = new Map<string, ComposeNode>(map.entries);
  entries.delete(key);
  return { ...map, entries };
}

function circle(path: string, place: Place | undefined): Fault {
  return new Fault({
    code: "compose/cycle",
    message: `expected files that include each other to come to an end, found ${path} again`,
    place: place ?? { file: path },
  });
}
