/** Finds the packages that a list of names needs: the closure over Depends and Pre-Depends, the same on every machine. */
import { Fault } from "../fault/fault.ts";
import type { LockedPackage } from "./locked-package.ts";
import type { IndexedPackage, PackageIndex } from "./package-index.ts";
import { type Alternatives, formatRelation, parseRelations, type Relation, satisfies } from "./relation.ts";

export interface ResolveRequest {
  /** `amd64`, `arm64`. */
  readonly architecture: string;
  /** `postgresql-15`, or with a version: `redis-server (= 5:8.0.2-3)`. */
  readonly include: readonly string[];
  /** Dependencies to cut off, each with the reason: what only maintainer scripts or unused features need. */
  readonly exclude: Readonly<Record<string, string>>;
}

interface Chosen {
  readonly item: IndexedPackage;
  readonly because: string;
  readonly without: Record<string, string>;
}

/** Who offers a name besides the package that has it (Policy 7.5). */
type Providers = ReadonlyMap<
  string,
  readonly { readonly item: IndexedPackage; readonly version: string | undefined }[]
>;

/**
 * Breadth first from `include`, each time the highest version; of alternatives the first that is already chosen, else the
 * first that can be. There is no search back: a choice that a later package cannot live with is a Fault that names both.
 * @returns sorted by name
 * @throws Fault `debian/unknown-package`, `debian/unsatisfiable`, `debian/conflict`
 */
export function resolve(index: PackageIndex, request: ResolveRequest): readonly LockedPackage[] {
  const providers = findProviders(index, request.architecture);
  const chosen = new Map<string, Chosen>();
  const queue: Chosen[] = [];
  const choose = (item: IndexedPackage, because: string): void => {
    const choice = { item, because, without: {} };
    chosen.set(item.name, choice);
    queue.push(choice);
  };
  for (const text of request.include) {
    const wanted = parseRelations(text, request.architecture);
    const item = wanted.flatMap((alternatives) => candidates(alternatives, index, new Map()))[0];
    if (item === undefined) throw unknown(text, index);
    if (!chosen.has(item.name)) choose(item, "listed by the recipe");
  }
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { item, without } = next;
    for (const alternatives of parseRelations(`${item.preDepends},${item.depends}`, request.architecture)) {
      if (alternatives.some((relation) => isMet(relation, chosen, request.architecture))) continue;
      const cut = excludedBy(alternatives, request.exclude, providers);
      if (cut !== undefined) {
        without[alternatives.map(formatRelation).join(" | ")] = request.exclude[cut] ?? "";
        continue;
      }
      const found = candidates(alternatives, index, providers).find((other) => !chosen.has(other.name));
      if (found === undefined) throw unsatisfiable(item, alternatives, chosen);
      choose(found, `needed by ${item.name}`);
    }
  }
  const result = [...chosen.values()].toSorted((a, b) => (a.item.name < b.item.name ? -1 : 1));
  refuseConflicts(result, request.architecture);
  return result.map(toLocked);
}

/** Real packages of each alternative first, then those that provide it. */
function candidates(
  alternatives: Alternatives,
  index: PackageIndex,
  providers: Providers,
): readonly IndexedPackage[] {
  return alternatives.flatMap((relation) => [
    ...(index.get(relation.name) ?? []).filter((item) => satisfies(item.version, relation)),
    ...(providers.get(relation.name) ?? [])
      .filter((provider) => satisfies(provider.version, relation))
      .map((provider) => provider.item),
  ]);
}

function isMet(relation: Relation, chosen: ReadonlyMap<string, Chosen>, architecture: string): boolean {
  const direct = chosen.get(relation.name);
  if (direct !== undefined && satisfies(direct.item.version, relation)) return true;
  return [...chosen.values()].some(({ item }) => provides(item, relation, architecture));
}

function provides(item: IndexedPackage, relation: Relation, architecture: string): boolean {
  if (!item.provides.includes(relation.name)) return false;
  return parseRelations(item.provides, architecture)
    .flat()
    .some((offer) => offer.name === relation.name && satisfies(offer.version?.value, relation));
}

/** Cutting `mawk` also cuts a dependency on `awk`, which it provides. */
function excludedBy(
  alternatives: Alternatives,
  exclude: ResolveRequest["exclude"],
  providers: Providers,
): string | undefined {
  return alternatives
    .flatMap(({ name }) => [name, ...(providers.get(name) ?? []).map(({ item }) => item.name)])
    .find((name) => Object.hasOwn(exclude, name));
}

function findProviders(index: PackageIndex, architecture: string): Providers {
  const providers = new Map<string, { item: IndexedPackage; version: string | undefined }[]>();
  for (const [newest] of index.values()) {
    if (newest === undefined || newest.provides === "") continue;
    for (const { name, version } of parseRelations(newest.provides, architecture).flat()) {
      const known = providers.get(name) ?? [];
      known.push({ item: newest, version: version?.value });
      providers.set(name, known);
    }
  }
  for (const offers of providers.values()) offers.sort((a, b) => (a.item.name < b.item.name ? -1 : 1));
  return providers;
}

/** A package never conflicts with itself: providing and conflicting with a name means "only one of us" (Policy 7.6.2). */
function refuseConflicts(chosen: readonly Chosen[], architecture: string): void {
  for (const { item, because } of chosen) {
    for (const relation of parseRelations(`${item.conflicts},${item.breaks}`, architecture).flat()) {
      const other = chosen.find(
        (candidate) =>
          candidate.item.name !== item.name &&
          ((candidate.item.name === relation.name && satisfies(candidate.item.version, relation)) ||
            provides(candidate.item, relation, architecture)),
      );
      if (other === undefined) continue;
      throw new Fault({
        code: "debian/conflict",
        message:
          `expected packages that can be installed together, but ${item.name} ${item.version} (${because}) refuses ` +
          `${formatRelation(relation)}, and ${other.item.name} ${other.item.version} is ${other.because}`,
      });
    }
  }
}

function toLocked({ item, because, without }: Chosen): LockedPackage {
  const { name, version, architecture, suite, filename, digest, size } = item;
  return { name, version, architecture, suite, filename, digest, size, because, without };
}

function unknown(text: string, index: PackageIndex): Fault {
  const versions = index.get(text.split(/[ (]/)[0] ?? "")?.map((item) => item.version);
  return new Fault({
    code: "debian/unknown-package",
    message: `expected the archive to have ${text}, found ${versions === undefined ? "no package of that name" : `only ${versions.join(", ")}`}`,
  });
}

function unsatisfiable(
  item: IndexedPackage,
  wanted: Alternatives,
  chosen: ReadonlyMap<string, Chosen>,
): Fault {
  const text = wanted.map(formatRelation).join(" | ");
  const taken = wanted.flatMap(({ name }) => chosen.get(name)?.item ?? [])[0];
  const found = taken === undefined ? "no package that is" : `${taken.name} ${taken.version}, which is not`;
  return new Fault({
    code: "debian/unsatisfiable",
    message: `expected ${text}, which ${item.name} ${item.version} needs, found ${found}`,
  });
}
