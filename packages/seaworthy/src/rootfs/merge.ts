/** Puts the paths of several parts into one layer: each once, parents made by rule, and conflicts named with both sides. */
import { Fault } from "../fault/fault.ts";
import type { ListedPath } from "./listing.ts";
import { ancestorsOf, comparePaths } from "./path.ts";

export interface MergedPaths {
  /** Every directory of the layer, parents first. */
  readonly directories: readonly ListedPath[];
  readonly others: readonly ListedPath[];
}

/** A path and who brought it: the name of a part, or of a layer below. */
interface Claim {
  readonly by: string;
  readonly path: ListedPath;
}

/**
 * @param parts what each part brings; a directory may be brought by many
 * @param below the paths of the layers below, whose directories keep their mode and owner: a layer that names a directory
 *   again replaces its attributes (OCI image specification, layer.md), so a careless 0755 would close /tmp
 * @throws Fault `rootfs/conflict`
 */
export function mergePaths(
  parts: readonly { readonly name: string; readonly paths: readonly ListedPath[] }[],
  below: readonly ListedPath[] = [],
): MergedPaths {
  const lower = new Map(below.map((path) => [path.path, { by: "a layer below", path }]));
  const claims = new Map<string, Claim>();
  for (const { name, paths } of parts) {
    for (const path of paths) claim(claims, lower, { by: name, path });
  }
  for (const { by, path } of [...claims.values()]) {
    for (const ancestor of ancestorsOf(path.path)) {
      const known = claims.get(ancestor) ?? lower.get(ancestor);
      if (known === undefined) {
        claims.set(ancestor, { by, path: madeByRule(ancestor, path) });
        continue;
      }
      if (known.path.kind !== "directory") throw conflict(ancestor, known, { by, path });
      if (!claims.has(ancestor)) claims.set(ancestor, known);
    }
  }
  const all = [...claims.values()].map((one) => one.path).sort((a, b) => comparePaths(a.path, b.path));
  return {
    directories: all.filter((path) => path.kind === "directory"),
    others: all.filter((path) => path.kind !== "directory"),
  };
}

function claim(claims: Map<string, Claim>, lower: ReadonlyMap<string, Claim>, made: Claim): void {
  const known = claims.get(made.path.path) ?? lower.get(made.path.path);
  if (known === undefined) {
    claims.set(made.path.path, made);
    return;
  }
  const bothDirectories = known.path.kind === "directory" && made.path.kind === "directory";
  if (!bothDirectories || !sameAttributes(known.path, made.path)) throw conflict(made.path.path, known, made);
  claims.set(made.path.path, known);
}

function sameAttributes(left: ListedPath, right: ListedPath): boolean {
  return left.mode === right.mode && left.uid === right.uid && left.gid === right.gid;
}

function madeByRule(path: string, child: ListedPath): ListedPath {
  return { path, kind: "directory", mode: 0o755, uid: 0, gid: 0, size: 0, reason: child.reason };
}

function conflict(path: string, left: Claim, right: Claim): Fault {
  const side = ({ by, path: listed }: Claim): string =>
    `${by} (${listed.kind} /${listed.path}, ${listed.mode.toString(8)} ${listed.uid}:${listed.gid})`;
  return new Fault({
    code: "rootfs/conflict",
    message: `expected one origin for /${path}, found two that disagree: ${side(left)} and ${side(right)}`,
    hint: "Leave one of the two out of the image.",
    exit: 2,
  });
}
