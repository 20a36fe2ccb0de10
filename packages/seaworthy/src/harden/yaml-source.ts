/** A YAML document whose every value knows its place in the text, so that the text can be changed there and nowhere else. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
  type YAMLMap,
} from "yaml";
import { Fault } from "../fault/fault.ts";

/** What a value is once anchors and merge keys are followed. */
export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

export interface YamlSource {
  readonly text: string;
  readonly root: YAMLMap;
  /** Every alias, in the order of the text, with the node it means. */
  readonly aliases: ReadonlyMap<Alias, Node>;
}

/** After aliases are followed; the reader of Compose files has the same bound. */
const MAX_NODES = 20_000;

/** @throws Fault `harden/yaml` for what is not one document with a mapping at its top */
export function readYaml(text: string, file: string): YamlSource {
  const lineCounter = new LineCounter();
  const fault = (message: string, offset: number): Fault => {
    const { line, col } = lineCounter.linePos(offset);
    return new Fault({ code: "harden/yaml", message, place: { file, line, column: col } });
  };
  const documents = parseAllDocuments(text, {
    ...{ merge: true, lineCounter, prettyErrors: false, uniqueKeys: false, keepSourceTokens: true },
  });
  const [document, second] = Array.isArray(documents) ? documents : [];
  const error = document?.errors[0];
  if (error !== undefined) throw fault(`expected YAML, found a mistake: ${error.message}`, error.pos[0]);
  if (second !== undefined) throw fault("expected one YAML document, found another", second.range[0]);
  const root = document?.contents;
  if (document === undefined || !isMap(root)) throw fault("expected a mapping at the top, found none", 0);
  const aliases = aliasTargets(document);
  visit(document, {
    Alias(_, alias) {
      if (!aliases.has(alias))
        throw fault(`expected an anchor for *${alias.source}, found none`, alias.range?.[0] ?? 0);
    },
  });
  return { text, root, aliases };
}

/** An alias means the last anchor of its name before it. */
function aliasTargets(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const aliases = new Map<Alias, Node>();
  visit(document, {
    Node(_, node) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        return;
      }
      const target = anchors.get(node.source);
      if (target !== undefined) aliases.set(node, target);
    },
  });
  return aliases;
}

export function follow({ aliases }: Pick<YamlSource, "aliases">, node: Node): Node {
  return isAlias(node) ? (aliases.get(node) ?? node) : node;
}

export function isMerge({ key }: Pair): boolean {
  return isScalar(key) && typeof key.value === "symbol";
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : "";
}

/** The value of a pair; `a:` has one that is null, and so has `{a}`. */
export function valueOf({ value }: Pair): Node | undefined {
  return isNode(value) ? value : undefined;
}

/** The key as it is written in the mapping itself. */
export function ownPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => !isMerge(pair) && keyOf(pair) === key);
}

/** The mappings that `<<` brings in, first wins. */
function mergedMaps(source: Pick<YamlSource, "aliases">, map: YAMLMap): readonly YAMLMap[] {
  return map.items.filter(isMerge).flatMap((pair) => {
    const value = valueOf(pair);
    const node = value === undefined ? undefined : follow(source, value);
    const nodes = isSeq(node) ? node.items.filter(isNode).map((item) => follow(source, item)) : [node];
    return nodes.filter(isMap);
  });
}

/** Keys to values, own ones first, then what `<<` adds. */
export function entriesOf(
  source: Pick<YamlSource, "aliases">,
  map: YAMLMap,
  depth = 0,
): ReadonlyMap<string, Node | undefined> {
  const entries = new Map<string, Node | undefined>();
  for (const pair of map.items) if (!isMerge(pair)) entries.set(keyOf(pair), valueOf(pair));
  // A mapping that merges itself has no end.
  if (depth > 16) return entries;
  for (const merged of mergedMaps(source, map)) {
    for (const [key, value] of entriesOf(source, merged, depth + 1)) {
      if (!entries.has(key)) entries.set(key, value);
    }
  }
  return entries;
}

/** The whole document as plain values. */
export function plainValue(source: YamlSource): YamlValue {
  let nodes = 0;
  return plain(source.root);

  function plain(given: Node | undefined): YamlValue {
    nodes += 1;
    if (nodes > MAX_NODES) throw tooLarge();
    const node = given === undefined ? undefined : follow(source, given);
    if (isMap(node)) {
      const entries = [...entriesOf(source, node)].map(([key, value]) => [key, plain(value)] as const);
      return Object.fromEntries(entries);
    }
    if (isSeq(node)) return node.items.map((item) => plain(isNode(item) ? item : undefined));
    return isScalar(node) ? scalarValue(node.value) : null;
  }
}

function scalarValue(value: unknown): YamlValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function tooLarge(): Fault {
  return new Fault({
    code: "harden/yaml",
    message: `expected a file of at most ${MAX_NODES} values after aliases are followed, found more`,
  });
}
