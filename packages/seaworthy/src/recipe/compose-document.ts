/** Turns the text of a Compose file into located nodes: YAML 1.2 with merge keys, bounded, variables put in. */
import { dirname, resolve } from "node:path";
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type Tags,
  visit,
} from "yaml";
import { Fault, type Place } from "../fault/fault.ts";
import type { ComposeNode, ComposeWarning, MapNode, ScalarNode } from "./compose-node.ts";
import { InterpolationError, interpolate } from "./interpolation.ts";

/** A Compose file of this size is a mistake or an attack; the parser needs about 1 ms per KiB. */
export const MAX_COMPOSE_BYTES: number = 512 * 1024;
/** After aliases are followed. */
const MAX_NODES = 20_000;
const MAX_DEPTH = 64;

export interface ComposeDocument {
  readonly root: MapNode;
  readonly warnings: readonly ComposeWarning[];
}

/**
 * @param file the path to show in messages
 * @param lookup the value of a variable for interpolation
 * @param base absolute: where relative paths in it start; the file's own folder when left out
 * @throws Fault `compose/yaml` with line and column; `compose/size`; `compose/interpolation`
 */
export function parseCompose(
  text: string,
  file: string,
  lookup: (name: string) => string | undefined,
  base: string = dirname(resolve(file)),
): ComposeDocument {
  if (Buffer.byteLength(text) > MAX_COMPOSE_BYTES) throw sizeFault(file, `${MAX_COMPOSE_BYTES} bytes`);
  const lines = new LineCounter();
  const { document, targets } = parseYaml(text, file, lines);
  const warnings: ComposeWarning[] = [];
  let nodes = 0;
  let depth = 0;
  const top = document.contents;
  const root = top === null ? undefined : locate(top, [], placeOf(top));
  if (root?.kind !== "map") {
    const place = root?.place ?? { file, line: 1, column: 1 };
    throw new Fault({
      code: "compose/value",
      message: `expected a Compose file with a mapping at its top, found ${root === undefined ? "nothing" : `a ${root.kind}`}`,
      place,
    });
  }
  return { root, warnings };

  function locate(node: Node, path: readonly (string | number)[], place: Place): ComposeNode {
    nodes += 1;
    depth += 1;
    if (nodes > MAX_NODES) throw sizeFault(file, `${MAX_NODES} values after aliases are followed`, place);
    if (depth > MAX_DEPTH) throw sizeFault(file, `${MAX_DEPTH} levels`, place);
    const located = locateContent(node, path, place);
    depth -= 1;
    return located;
  }

  function locateContent(node: Node, path: readonly (string | number)[], place: Place): ComposeNode {
    const key = keyOf(path);
    const core = { place, key, base, ...mergingTag(node) };
    if (isAlias(node)) {
      const target = targets.get(node);
      if (target === undefined) throw yamlFault(`expected an anchor for *${node.source}, found none`, place);
      return locate(target, path, place);
    }
    if (isMap(node)) return { ...core, kind: "map", entries: mapEntries(node.items, path) };
    if (isSeq(node)) {
      const items = node.items.map((item, index) => {
        if (!isNode(item)) throw yamlFault(`expected a value in ${key}, found a pair`, place);
        return locate(item, [...path, index], placeOf(item));
      });
      return { ...core, kind: "list", items };
    }
    return { ...core, kind: "scalar", value: scalarValue(node, key, place) };
  }

  /** Own keys win over merged ones, and the first of several merged maps wins, as YAML's merge type says. */
  function mapEntries(
    pairs: readonly Pair[],
    path: readonly (string | number)[],
  ): ReadonlyMap<string, ComposeNode> {
    const own = new Map<string, ComposeNode>();
    const merged: MapNode[] = [];
    for (const pair of pairs) {
      const { key, value } = pair;
      if (!isScalar(key)) {
        throw yamlFault("expected a plain key, found a collection", isNode(key) ? placeOf(key) : { file });
      }
      const place = placeOf(key);
      const node = isNode(value) ? value : undefined;
      // With `merge: true` the parser marks `<<` by a symbol.
      if (typeof key.value === "symbol") merged.push(...mergedMaps(node, path, place));
      else {
        const name = String(key.value);
        const at = [...path, name];
        const first = own.get(name);
        if (first !== undefined) {
          throw yamlFault(`expected ${keyOf(at)} once, found it again after line ${first.place.line}`, place);
        }
        own.set(
          name,
          node === undefined
            ? { kind: "scalar", place, key: keyOf(at), base, value: null }
            : locate(node, at, place),
        );
      }
    }
    for (const map of merged) {
      for (const [name, node] of map.entries) if (!own.has(name)) own.set(name, node);
    }
    return own;
  }

  function mergedMaps(
    node: Node | undefined,
    path: readonly (string | number)[],
    place: Place,
  ): readonly MapNode[] {
    const located = node === undefined ? undefined : locate(node, path, place);
    const maps = located?.kind === "list" ? located.items : [located];
    return maps.map((map) => {
      if (map?.kind !== "map") throw yamlFault("expected a mapping to merge with <<", place);
      return map;
    });
  }

  function scalarValue(scalar: Scalar, key: string, place: Place): ScalarNode["value"] {
    const { value, source } = scalar;
    // Compose's own parser still reads a leading zero as octal, which matters for `mode: 0444`.
    if (typeof value === "number") {
      return /^0[0-7]+$/.test(source ?? "") ? Number.parseInt(source ?? "", 8) : value;
    }
    if (typeof value === "boolean" || value === null) return value;
    if (typeof value !== "string") throw yamlFault(`expected text, a number or a boolean in ${key}`, place);
    if (!value.includes("$")) return value;
    try {
      const { text, unset } = interpolate(value, lookup);
      for (const name of unset) {
        warnings.push({
          code: "compose/unset-variable",
          message: `${name} is not set, so ${key} uses an empty text for it`,
          place,
        });
      }
      return text;
    } catch (error) {
      if (!(error instanceof InterpolationError)) throw error;
      throw new Fault({
        code: "compose/interpolation",
        message: `${error.message}, in ${key}`,
        place,
        hint: "Set the variable in the environment or in .env beside the file; write $$ for a dollar sign.",
        cause: error,
      });
    }
  }

  function placeOf(node: Node): Place {
    const offset = node.range?.[0];
    if (offset === undefined) return { file };
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  }
}

/** Both tags on every kind of value, which keeps the type it would have without. */
const MERGING_TAGS: Tags = ["!reset", "!override"].flatMap((tag) => [
  { tag, resolve: plainValue },
  { tag, collection: "map" as const },
  { tag, collection: "seq" as const },
]);

function plainValue(text: string): unknown {
  const value: unknown = parseDocument(text).toJS();
  return typeof value === "object" && value !== null ? text : value;
}

function mergingTag({ tag }: Node): Pick<ComposeNode, "tag"> {
  if (tag === "!reset") return { tag: "reset" };
  return tag === "!override" ? { tag: "override" } : {};
}

interface ParsedYaml {
  readonly document: Document;
  readonly targets: ReadonlyMap<Node, Node>;
}

function parseYaml(text: string, file: string, lineCounter: LineCounter): ParsedYaml {
  let document: Document;
  let targets: ParsedYaml["targets"];
  try {
    // Keys written twice are found when the tree is walked; the parser's own check is quadratic.
    document = parseDocument(text, {
      ...{ merge: true, lineCounter, prettyErrors: false, uniqueKeys: false },
      customTags: MERGING_TAGS,
    });
    targets = aliasTargets(document);
  } catch (error) {
    // The parser recurses; thousands of open brackets exhaust the stack.
    if (error instanceof RangeError) throw sizeFault(file, `${MAX_DEPTH} levels`);
    throw error;
  }
  // Of warnings there is one kind: tags that nobody here understands.
  const error = document.errors[0] ?? document.warnings[0];
  if (error?.code === "RESOURCE_EXHAUSTION") throw sizeFault(file, `${MAX_DEPTH} levels`);
  if (error === undefined) return { document, targets };
  const { line, col } = lineCounter.linePos(error.pos[0]);
  throw yamlFault(`expected YAML, found a mistake: ${error.message}`, { file, line, column: col });
}

/** An alias means the last anchor of its name before it. One walk, where the parser's own search is one per alias. */
function aliasTargets(document: Document): ReadonlyMap<Node, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

function keyOf(path: readonly (string | number)[]): string {
  let key = "";
  for (const step of path) key += typeof step === "number" ? `[${step}]` : key === "" ? step : `.${step}`;
  return key;
}

function yamlFault(message: string, place: Place): Fault {
  return new Fault({ code: "compose/yaml", message, place });
}

function sizeFault(file: string, limit: string, place: Place = { file }): Fault {
  return new Fault({
    code: "compose/size",
    message: `expected a Compose file of at most ${limit}, found more`,
    place,
    hint: "Check whether this is the file you meant; anchors that refer to each other multiply.",
  });
}
