/** Finds the packages a tarball brings along: what it holds counts, not what the lock believes it holds. */

import type { BinOwner } from "./bins.ts";
import { isRecord } from "./json-fields.ts";
import type { PackageTree } from "./tarball.ts";

const MANIFEST = /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/@.][^/]*)\/package\.json$/;

/** Paths of the owners are relative to the tarball's package: `node_modules/semver`. */
export function bundledPackages(tree: PackageTree): readonly BinOwner[] {
  const owners: BinOwner[] = [];
  for (const [file, { content }] of tree.files) {
    const path = MANIFEST.exec(file)?.[1];
    if (path !== undefined) owners.push({ path, bin: binsOf(parseLeniently(content)) });
  }
  return owners;
}

/** npm takes a manifest it cannot read for an empty one. */
function parseLeniently(content: Uint8Array): unknown {
  try {
    return JSON.parse(
      Buffer.from(content)
        .toString("utf8")
        .replace(/^\uFEFF/, ""),
    );
  } catch {
    return undefined;
  }
}

function binsOf(manifest: unknown): ReadonlyMap<string, string> {
  if (!isRecord(manifest)) return new Map();
  const { name, bin } = manifest;
  if (typeof bin === "string") return typeof name === "string" ? new Map([[name, bin]]) : new Map();
  const pairs: readonly (readonly [string, unknown])[] = Array.isArray(bin)
    ? bin.map((file) => [String(file), file])
    : Object.entries(isRecord(bin) ? bin : {});
  return new Map(pairs.filter((pair): pair is readonly [string, string] => typeof pair[1] === "string"));
}
