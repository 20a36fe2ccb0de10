/** Reads a service's `x-seaworthy:`: an image assembled from Debian packages and files of the build context. */
import { checkKeys, type KeyTable } from "./compose-keys.ts";
import { type ComposeNode, type MapNode, valueFault } from "./compose-node.ts";
import { expectList, expectMap, expectOneOf, expectString, optional, required } from "./expect.ts";

/** One file or folder of the build context, and its place in the image. */
export interface PlacedFiles {
  /** Relative to the context, `.` for all of it. */
  readonly from: string;
  /** Absolute. */
  readonly to: string;
}

export interface PackageImage {
  /** `python3-fastapi`, or with a version as Depends has it: `python3 (>= 3.11)`. */
  readonly packages: readonly string[];
  /** Debian's code name. */
  readonly suite: string;
  /** Dependencies cut off, each with the user's reason. */
  readonly exclude: Readonly<Record<string, string>>;
  readonly files: readonly PlacedFiles[];
}

const TABLE: KeyTable = { supported: ["packages", "suite", "exclude", "files"], known: [] };
/** Debian's stable and oldstable: the suites that get security updates, and whose keys are in the keyring. */
const SUITES = ["trixie", "bookworm"] as const;
const NEWEST = SUITES[0];
/** Policy 5.6.1 and 7.1. */
const PACKAGE = /^[a-z0-9][a-z0-9+.-]+(?: \((?:<<|<=|=|>=|>>) [A-Za-z0-9][A-Za-z0-9.+~:-]*\))?$/;

/** @throws Fault `compose/value`, `compose/unknown-key` with the line */
export function readPackageImage(node: ComposeNode, service: MapNode): PackageImage {
  const map = expectMap(node);
  checkKeys(map, TABLE);
  if (!service.entries.has("build")) {
    throw valueFault(
      node,
      "beside a `build:` that names the folder of the files",
      "no build",
      "Add `build: .`.",
    );
  }
  return {
    packages: required(map, "packages", readPackages),
    suite: optional(map, "suite", (value) => expectOneOf(value, SUITES)) ?? NEWEST,
    exclude: optional(map, "exclude", readExclusions) ?? {},
    files: optional(map, "files", readFiles) ?? [{ from: ".", to: "/app" }],
  };
}

function readPackages(node: ComposeNode): readonly string[] {
  const names = new Set<string>();
  for (const item of expectList(node).items) {
    const name = readPackage(item, expectString(item));
    if (names.has(name)) throw valueFault(item, "a package once", `${name} again`);
    names.add(name);
  }
  if (names.size === 0) throw valueFault(node, "a list of Debian packages", "an empty one");
  return [...names];
}

function readPackage(node: ComposeNode, text: string): string {
  if (PACKAGE.test(text)) return text;
  throw valueFault(node, "the name of a Debian package, like python3 or python3 (>= 3.11)", `"${text}"`);
}

function readExclusions(node: ComposeNode): Readonly<Record<string, string>> {
  const reasons = [...expectMap(node).entries].map(([name, value]) => {
    const reason = expectString(value);
    if (reason === "") throw valueFault(value, "the reason for leaving the package out", "an empty text");
    return [readPackage(value, name), reason] as const;
  });
  return Object.fromEntries(reasons);
}

function readFiles(node: ComposeNode): readonly PlacedFiles[] {
  return [...expectMap(node).entries].map(([key, value]) => {
    const from = key.replace(/^(?:\.\/+)+/, "").replace(/\/+$/, "") || ".";
    const to = expectString(value);
    if (from.startsWith("/") || from.split("/").includes("..")) {
      throw valueFault(value, "a path inside the build context", `"${key}"`);
    }
    if (!/^\/[^/]/.test(to) || /\/\.{1,2}(?:\/|$)/.test(to)) {
      throw valueFault(value, "an absolute path in the image, below the root", `"${to}"`);
    }
    return { from, to };
  });
}
