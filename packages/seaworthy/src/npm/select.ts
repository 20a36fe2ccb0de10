/** Chooses the packages of a lock that belong on one platform, as `npm ci --omit=dev` would. */
import { satisfies } from "semver";
import { Fault } from "../fault/fault.ts";
import type { LockNode, PackageLock } from "./lock.ts";
import { type Edge, graphOf, type LockGraph } from "./lock-graph.ts";

/** In Node's words: `linux`, `x64`, `glibc`. */
export interface Platform {
  readonly os: string;
  readonly cpu: string;
  readonly libc: string;
  /** The Node version that will run the packages; optional packages that exclude it are left out. */
  readonly node: string;
}

export interface Selection {
  /** Packages to place from a tarball of their own, sorted by depth and path. */
  readonly packages: readonly SelectedPackage[];
}

export interface SelectedPackage extends LockNode {
  readonly version: string;
  /** One of those who need it, for people: `myapp`, `fastify 5.12.8`. */
  readonly neededBy: string;
}

/**
 * @param options.dev whether development dependencies are wanted too
 * @throws Fault `npm/lock-incomplete`, `npm/platform`, `npm/linked-package`, `npm/git-dependency`, `npm/shrinkwrap`
 */
export function selectPackages(
  lock: PackageLock,
  options: { readonly platform: Platform; readonly dev: boolean },
): Selection {
  const graph = graphOf(lock);
  const inert = unfit(lock, graph, options);
  const wanted = [...lock.nodes.values()].filter(
    (node) => !isOmitted(node, options.dev) && !inert.has(node) && isInstalled(node.path),
  );
  const packages = wanted.filter((node) => !node.inBundle).map((node) => select(node, lock, graph));
  return { packages: packages.sort(byDepthThenPath) };
}

/** npm compares names by English rules, not by code unit. */
const byName = new Intl.Collator("en");

/** Shallow first, then by name: the order in which npm hands out command names. */
export function byDepthThenPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return depthOf(a.path) - depthOf(b.path) || byName.compare(a.path, b.path);
}

/** Whether one of the wanted values fits; `!x` excludes, `any` fits all. */
export function fits(value: string, wanted: readonly string[]): boolean {
  if (wanted.length === 0 || (wanted.length === 1 && wanted[0] === "any")) return true;
  if (wanted.includes(`!${value}`)) return false;
  const positive = wanted.filter((entry) => !entry.startsWith("!"));
  return positive.length === 0 || positive.includes(value);
}

/** npm leaves out `dev` alone: what development and something optional both need (`devOptional`) stays. */
function isOmitted(node: LockNode, dev: boolean): boolean {
  return node.extraneous || (node.dev && !dev);
}

/** Targets of links (workspaces, folders) have entries too, but their place is in the project, not in `node_modules`. */
function isInstalled(path: string): boolean {
  return path.startsWith("node_modules/");
}

/** Packages that exclude this platform, each with all that only it needed. */
function unfit(
  lock: PackageLock,
  graph: LockGraph,
  options: { readonly platform: Platform; readonly dev: boolean },
): ReadonlySet<LockNode> {
  const inert = new Set<LockNode>();
  for (const node of lock.nodes.values()) {
    if (isOmitted(node, options.dev) || inert.has(node)) continue;
    const problem = platformProblem(node, options.platform);
    if (node.optional || node.devOptional) {
      if (problem !== undefined || excludesNode(node, options.platform.node)) {
        for (const member of optionalSet(node, graph, inert)) inert.add(member);
      }
    } else if (problem !== undefined) {
      throw new Fault({
        code: "npm/platform",
        message: `expected ${node.name} ${node.version ?? ""} to fit ${describe(options.platform)}, but ${problem}`,
        place: { file: lock.file },
        hint: `Make ${node.name} an optional dependency, or do without it.`,
      });
    }
  }
  return inert;
}

/** The packages that go when an optional one cannot stay: up to the optional edges, and down to what others need. */
function optionalSet(node: LockNode, graph: LockGraph, inert: ReadonlySet<LockNode>): ReadonlySet<LockNode> {
  const core = new Set([node]);
  for (const member of core) {
    for (const edge of incoming(graph, member)) {
      if (!edge.optional && edge.from.path !== "") core.add(edge.from);
    }
  }
  const counts = (edge: Edge): boolean => !core.has(edge.to) && !inert.has(edge.from);
  const members = new Set(core);
  for (const member of members) {
    for (const edge of graph.outgoing.get(member) ?? []) if (counts(edge)) members.add(edge.to);
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const member of members) {
      if (incoming(graph, member).some((edge) => !members.has(edge.from) && counts(edge))) {
        members.delete(member);
        changed = true;
      }
    }
  }
  return members;
}

function platformProblem(node: LockNode, platform: Platform): string | undefined {
  if (!fits(platform.os, node.os)) return `it is for the system ${node.os.join(", ")}`;
  if (!fits(platform.cpu, node.cpu)) return `it is for the processor ${node.cpu.join(", ")}`;
  if (!fits(platform.libc, node.libc)) return `it is for the C library ${node.libc.join(", ")}`;
  return undefined;
}

function excludesNode(node: LockNode, version: string): boolean {
  const range = node.engines.get("node");
  return range !== undefined && !satisfies(version, range, { includePrerelease: true });
}

function select(node: LockNode, lock: PackageLock, graph: LockGraph): SelectedPackage {
  const refuse = (code: string, found: string, hint: string): Fault =>
    new Fault({
      code,
      message: `expected ${node.name} to be a package from a registry or a tarball, found ${found}`,
      place: { file: lock.file },
      hint,
    });
  if (node.link) {
    throw refuse(
      "npm/linked-package",
      `a link to ${node.resolved ?? "a folder"}`,
      "Publish the folder, or pack it (npm pack) and depend on the tarball.",
    );
  }
  if (node.resolved?.startsWith("git") === true) {
    throw refuse(
      "npm/git-dependency",
      "a git repository, whose files no integrity covers",
      "Depend on a published version, or on a tarball made from the commit (npm pack).",
    );
  }
  if (node.hasShrinkwrap) {
    throw refuse(
      "npm/shrinkwrap",
      "a package that brings a lock of its own (npm-shrinkwrap.json)",
      "Choose a version that is published without npm-shrinkwrap.json.",
    );
  }
  if (node.version === undefined) {
    throw refuse("npm/lock-malformed", "an entry without a version", "Write the lock anew with npm.");
  }
  return { ...node, version: node.version, neededBy: neededBy(node, lock, graph) };
}

function neededBy(node: LockNode, lock: PackageLock, graph: LockGraph): string {
  const dependents = incoming(graph, node).map((edge) => edge.from);
  if (dependents.includes(lock.root)) return lock.root.name || "the project";
  const first = dependents.sort(byDepthThenPath)[0];
  return first === undefined ? "the lock" : `${first.name} ${first.version ?? ""}`.trimEnd();
}

function incoming(graph: LockGraph, node: LockNode): readonly Edge[] {
  return graph.incoming.get(node) ?? [];
}

function depthOf(path: string): number {
  return path.split("/").filter((part) => part === "node_modules").length;
}

function describe(platform: Platform): string {
  return `${platform.os} ${platform.cpu} ${platform.libc}`;
}
