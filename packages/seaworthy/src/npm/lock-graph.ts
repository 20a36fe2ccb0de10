/** Who needs whom in a lock: names are looked up through the `node_modules` folders exactly as Node does. */
import { Fault } from "../fault/fault.ts";
import type { LockNode, PackageLock } from "./lock.ts";

export interface Edge {
  readonly from: LockNode;
  readonly to: LockNode;
  /** Whether `from` works without `to`. */
  readonly optional: boolean;
}

export interface LockGraph {
  readonly outgoing: ReadonlyMap<LockNode, readonly Edge[]>;
  readonly incoming: ReadonlyMap<LockNode, readonly Edge[]>;
}

/**
 * Development dependencies count for the project only.
 * @throws Fault `npm/lock-incomplete` when a dependency that is not a peer has no entry: a lock written beside an
 *   existing `node_modules` can lack the packages of other platforms
 */
export function graphOf(lock: PackageLock): LockGraph {
  const outgoing = new Map<LockNode, readonly Edge[]>();
  const incoming = new Map<LockNode, Edge[]>();
  for (const from of [lock.root, ...lock.nodes.values()]) {
    const edges = edgesOf(lock, from);
    outgoing.set(from, edges);
    for (const edge of edges) {
      const known = incoming.get(edge.to);
      if (known === undefined) incoming.set(edge.to, [edge]);
      else known.push(edge);
    }
  }
  return { outgoing, incoming };
}

function edgesOf(lock: PackageLock, from: LockNode): readonly Edge[] {
  if (from.link) {
    const target = lock.nodes.get(from.resolved ?? "");
    return target === undefined ? [] : [{ from, to: target, optional: false }];
  }
  const wanted = new Map<string, boolean>();
  for (const name of from.peerDependencies.keys()) wanted.set(name, from.optionalPeers.has(name));
  if (from.path === "") for (const name of from.devDependencies.keys()) wanted.set(name, false);
  for (const name of from.dependencies.keys()) wanted.set(name, false);
  for (const name of from.optionalDependencies.keys()) wanted.set(name, true);
  const edges: Edge[] = [];
  for (const [name, optional] of wanted) {
    const to = lookUp(lock, from.path, name);
    if (to !== undefined) edges.push({ from, to, optional });
    // A bundle is as complete as its tarball; a peer may be left out by choice.
    else if (!from.inBundle && !from.bundles && !from.peerDependencies.has(name))
      throw incomplete(lock, from, name);
  }
  return edges;
}

function lookUp(lock: PackageLock, path: string, name: string): LockNode | undefined {
  const parts = path === "" ? [] : path.split("/");
  for (let depth = parts.length; depth >= 0; depth--) {
    if (parts[depth - 1] === "node_modules") continue;
    const found = lock.nodes.get([...parts.slice(0, depth), "node_modules", name].join("/"));
    if (found !== undefined) return found;
  }
  return undefined;
}

function incomplete(lock: PackageLock, from: LockNode, name: string): Fault {
  return new Fault({
    code: "npm/lock-incomplete",
    message: `expected an entry for ${name}, which ${from.name || "the project"} depends on, found none in ${lock.file}`,
    place: { file: lock.file },
    hint: "Remove node_modules and the lock, run npm install --package-lock-only, and commit the new lock.",
  });
}
