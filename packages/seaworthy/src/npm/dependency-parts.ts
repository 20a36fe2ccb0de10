/** Turns a lock into parts of a layer, one per package, equal to what `npm ci --ignore-scripts` puts on disk. */
import { type Digest, digestOf } from "../content/digest.ts";
import type { DirectoryEntry, Entry, FileEntry, Part, Reason } from "../tree/tree.ts";
import { type BinLink, type BinOwner, claimBins, withUnixHashbang } from "./bins.ts";
import { bundledPackages } from "./bundled.ts";
import type { PackageLock } from "./lock.ts";
import { type Platform, type SelectedPackage, selectPackages } from "./select.ts";
import { type PackageTree, unpackTarball } from "./tarball.ts";
import { fetchTarball, type TarballSource } from "./tarball-source.ts";

export interface DependencyOptions {
  readonly platform: Platform;
  /** Whether development dependencies are wanted too. */
  readonly dev: boolean;
  /** The folder that gets `node_modules`, relative to the image's root: `app`. Empty for the root itself. */
  readonly prefix: string;
  readonly source: TarballSource;
}

/** Part of every key: raise it when the same tarball would give other entries. */
const RULES = "npm-part 1";

/** Everything belongs to root and nothing is writable by others. */
const ROOT = { uid: 0, gid: 0 } as const;

/**
 * Nothing is fetched before a part's entries are asked for.
 * @throws Fault as {@link selectPackages}; the parts' entries as {@link fetchTarball} and {@link unpackTarball}
 */
export function dependencyParts(lock: PackageLock, options: DependencyOptions): readonly Part[] {
  const { packages } = selectPackages(lock, options);
  const owners = packages.filter((item) => item.bin.size > 0 || bringsOthers(item, lock));
  const load = async (item: SelectedPackage): Promise<PackageTree> =>
    unpackTarball(await fetchTarball(item, options.source), `${item.name} ${item.version}`);
  const locked = claimBins(packages);
  const links = once(() => claimAll(packages, lock, load));
  const parts = packages.map((item) => {
    const inside = packages.filter((other) => other.path.startsWith(`${item.path}/`));
    return {
      name: `npm/${item.path}`,
      key: keyOf(
        options.prefix,
        [item, ...inside],
        locked.filter((link) => link.owner === item.path),
      ),
      entries: async () => packageEntries(item, inside, await load(item), await links(), options.prefix),
    };
  });
  if (owners.length === 0) return parts;
  const binPart: Part = {
    name: "npm/.bin",
    key: keyOf(options.prefix, owners, []),
    entries: async () => linkEntries(owners, await links(), load, options.prefix),
  };
  return [...parts, binPart];
}

function packageEntries(
  item: SelectedPackage,
  inside: readonly SelectedPackage[],
  tree: PackageTree,
  links: readonly BinLink[],
  prefix: string,
): readonly Entry[] {
  const reason = reasonOf(item);
  const ours = links.filter((link) => isWithin(link.file, item.path));
  const commands = new Set(ours.map((link) => link.file));
  const replaced = [...ours.map((link) => link.path), ...inside.map((other) => other.path)];
  const keeps = (path: string): boolean => !replaced.some((other) => isWithin(path, other));
  const directory = (path: string): DirectoryEntry => {
    return { kind: "directory", path: at(prefix, path), mode: 0o755, ...ROOT, reason };
  };
  const directories = [...tree.directories].map((path) => `${item.path}/${path}`).filter(keeps);
  const files = [...tree.files].flatMap(([relative, file]): FileEntry[] => {
    const path = `${item.path}/${relative}`;
    if (!keeps(path)) return [];
    const isCommand = commands.has(path);
    const mode = isCommand ? 0o755 : file.mode;
    const content = isCommand ? withUnixHashbang(file.content) : file.content;
    return [{ kind: "file", path: at(prefix, path), mode, content, ...ROOT, reason }];
  });
  return [directory(item.path), ...directories.map(directory), ...files];
}

async function linkEntries(
  owners: readonly SelectedPackage[],
  links: readonly BinLink[],
  load: (item: SelectedPackage) => Promise<PackageTree>,
  prefix: string,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const item of owners) {
    const tree = await load(item);
    for (const link of links) {
      if (link.owner !== item.path && !isBundledIn(item, link, owners)) continue;
      if (!exists(tree, link.file.slice(item.path.length + 1))) continue;
      entries.push({
        kind: "symlink",
        path: at(prefix, link.path),
        target: link.target,
        ...ROOT,
        reason: { ...reasonOf(item), because: `command of ${item.name}` },
      });
    }
  }
  return entries;
}

/** Commands of what a tarball brings along belong to the innermost package that has a tarball. */
function isBundledIn(item: SelectedPackage, link: BinLink, owners: readonly SelectedPackage[]): boolean {
  return (
    link.owner.startsWith(`${item.path}/`) &&
    !owners.some((other) => other.path.length > item.path.length && isWithin(link.owner, other.path))
  );
}

async function claimAll(
  packages: readonly SelectedPackage[],
  lock: PackageLock,
  load: (item: SelectedPackage) => Promise<PackageTree>,
): Promise<readonly BinLink[]> {
  const own = new Set(packages.map((item) => item.path));
  const bundled: BinOwner[] = [];
  for (const item of packages.filter((item) => bringsOthers(item, lock))) {
    const found = bundledPackages(await load(item)).map((owner) => ({
      ...owner,
      path: `${item.path}/${owner.path}`,
    }));
    bundled.push(...found.filter((owner) => !own.has(owner.path)));
  }
  return claimBins([...packages, ...bundled]);
}

function bringsOthers(item: SelectedPackage, lock: PackageLock): boolean {
  if (item.bundles) return true;
  return [...lock.nodes.values()].some((node) => node.inBundle && node.path.startsWith(`${item.path}/`));
}

function exists(tree: PackageTree, path: string): boolean {
  return (
    tree.files.has(path) ||
    tree.directories.has(path) ||
    [...tree.files.keys(), ...tree.directories].some((file) => file.startsWith(`${path}/`))
  );
}

function keyOf(prefix: string, items: readonly SelectedPackage[], links: readonly BinLink[]): Digest {
  const inputs = items.map(({ path, name, version, integrity, neededBy, bin, bundles }) => {
    return { path, name, version, integrity, neededBy, bin: [...bin], bundles };
  });
  return digestOf(JSON.stringify([RULES, prefix, inputs, links.map((link) => link.file)]));
}

function reasonOf(item: SelectedPackage): Reason {
  return { kind: "npm", origin: `${item.name} ${item.version}`, because: `needed by ${item.neededBy}` };
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function at(prefix: string, path: string): string {
  return prefix === "" ? path : `${prefix}/${path}`;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
