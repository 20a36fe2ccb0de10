/** Reads the syntax of Depends and its kin, and says whether a version satisfies a relation (Debian Policy 7.1). */
import { Fault } from "../fault/fault.ts";
import { compareVersions } from "./version.ts";

export type Operator = "<<" | "<=" | "=" | ">=" | ">>";

export interface Relation {
  readonly name: string;
  /** `any`, `native`, or an architecture: what follows the colon. */
  readonly qualifier: string | undefined;
  readonly version: { readonly operator: Operator; readonly value: string } | undefined;
}

/** One of these must be satisfied, the first that can be. */
export type Alternatives = readonly Relation[];

const RELATION =
  /^([a-z0-9][a-z0-9+.-]*)(?::([a-z0-9-]+))?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([A-Za-z0-9][^\s()]*)\s*\))?\s*(?:\[([^\]]*)\])?$/;

/** `<` and `>` are old spellings, and mean "or equal" (Policy 7.1). */
const OBSOLETE: Readonly<Record<string, Operator>> = { "<": "<=", ">": ">=" };

/**
 * `a (>= 1) | b, c:any [amd64]` as a list of alternatives; relations for other architectures are left out.
 * @throws Fault `debian/relation`
 */
export function parseRelations(text: string, architecture: string): readonly Alternatives[] {
  return text
    .split(",")
    .map((group) => group.trim())
    .filter((group) => group !== "")
    .map((group) =>
      group.split("|").flatMap((alternative) => parseRelation(alternative.trim(), architecture) ?? []),
    )
    .filter((alternatives) => alternatives.length > 0);
}

function parseRelation(text: string, architecture: string): Relation | undefined {
  const [whole, name, qualifier, operator, value, restriction] = RELATION.exec(text) ?? [];
  if (whole === undefined || name === undefined) {
    throw new Fault({
      code: "debian/relation",
      message: `expected a relation such as "libc6 (>= 2.36)", found "${text}"`,
      exit: 2,
    });
  }
  if (restriction !== undefined && !appliesTo(restriction, architecture)) return undefined;
  const version =
    operator === undefined || value === undefined
      ? undefined
      : { operator: OBSOLETE[operator] ?? (operator as Operator), value };
  return { name, qualifier, version };
}

/** `amd64 arm64` lists the architectures, `!amd64 !arm64` those that are left out. */
function appliesTo(restriction: string, architecture: string): boolean {
  const names = restriction.split(/\s+/).filter((name) => name !== "");
  const negative = names.every((name) => name.startsWith("!"));
  return negative ? !names.includes(`!${architecture}`) : names.includes(architecture);
}

/** A relation without a version is satisfied by any; one with a version never by an unknown one (Policy 7.5). */
export function satisfies(version: string | undefined, relation: Relation): boolean {
  if (relation.version === undefined) return true;
  if (version === undefined) return false;
  const order = compareVersions(version, relation.version.value);
  switch (relation.version.operator) {
    case "<<":
      return order < 0;
    case "<=":
      return order <= 0;
    case "=":
      return order === 0;
    case ">=":
      return order >= 0;
    case ">>":
      return order > 0;
  }
}

/** As Debian writes it, for messages. */
export function formatRelation(relation: Relation): string {
  const { name, version } = relation;
  return version === undefined ? name : `${name} (${version.operator} ${version.value})`;
}
