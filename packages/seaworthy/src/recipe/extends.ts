/** Fills a service in with the one that it extends, in the same file or another. */
import { resolve } from "node:path";
import { Fault, type Place } from "../fault/fault.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type MapNode, valueFault } from "./compose-node.ts";
import { expectMap, expectString, optional, required } from "./expect.ts";
import { mergeCompose } from "./merge-compose.ts";

/** @param place where the file is asked for */
export type OpenFile = (file: string, place: Place) => Promise<MapNode>;

interface Extension {
  /** Absolute; the same file when left out. */
  readonly file: string | undefined;
  readonly service: string;
  readonly node: ComposeNode;
}

/**
 * @param file of the mapping, for naming circles
 * @returns the same file, without any `extends`
 * @throws Fault `compose/extends`, `compose/cycle`
 * @see {@link https://github.com/compose-spec/compose-spec/blob/main/05-services.md#extends}
 */
export async function withBases(root: MapNode, file: string, open: OpenFile): Promise<MapNode> {
  const opened = new Map<string, Promise<MapNode>>();
  const completed = new Map<string, ComposeNode>();
  const services = optional(root, "services", expectMap);
  if (services === undefined) return root;
  const all = new Map<string, ComposeNode>();
  for (const name of services.entries.keys()) all.set(name, await complete(root, file, name, []));
  return { ...root, entries: new Map([...root.entries, ["services", { ...services, entries: all }]]) };

  async function complete(
    from: MapNode,
    path: string,
    name: string,
    chain: readonly string[],
  ): Promise<ComposeNode> {
    const node = optional(from, "services", expectMap)?.entries.get(name);
    if (node?.kind !== "map") return node ?? from;
    const extension = optional(node, "extends", readExtension);
    if (extension === undefined) return node;
    const step = `${resolve(path)} ${name}`;
    const known = completed.get(step);
    if (known !== undefined) return known;
    if (chain.includes(step)) throw circle(extension.node, [...chain, step]);
    const other = extension.file ?? path;
    const base =
      extension.file === undefined || resolve(other) === resolve(path)
        ? from
        : await openOnce(other, extension.node.place);
    if (optional(base, "services", expectMap)?.entries.has(extension.service) !== true) {
      throw noSuchService(extension, other);
    }
    const below = await complete(base, other, extension.service, [...chain, step]);
    const own: MapNode = {
      ...node,
      entries: new Map([...node.entries].filter(([key]) => key !== "extends")),
    };
    const merged = mergeCompose(below, own, ["services", name]);
    // What neither says is missing here, not there.
    const whole = { ...merged, place: node.place, key: node.key, base: node.base };
    completed.set(step, whole);
    return whole;
  }

  function openOnce(path: string, place: Place): Promise<MapNode> {
    const known = opened.get(resolve(path)) ?? open(path, place);
    opened.set(resolve(path), known);
    return known;
  }
}

function readExtension(node: ComposeNode): Extension {
  if (node.kind !== "map") return { file: undefined, service: expectString(node), node };
  checkKeys(node, KEYS.extends);
  return {
    file: optional(node, "file", (file) => resolve(file.base, expectString(file))),
    service: required(node, "service", expectString),
    node,
  };
}

function noSuchService({ service, node }: Extension, file: string): Fault {
  return new Fault({
    code: "compose/extends",
    message: `expected the service "${service}" in ${file}, found none`,
    place: node.place,
  });
}

function circle(node: ComposeNode, chain: readonly string[]): Fault {
  const names = chain.map((step) => step.split(" ").at(-1));
  return valueFault(node, "a service that does not come back to itself", names.join(" -> "));
}
