/** A Debian package's share of an image: its files by rule, without its scripts, and the metadata that scanners read. */
import { digestOf } from "../content/digest.ts";
import { Fault } from "../fault/fault.ts";
import type { TarEntry } from "../tar/read.ts";
import type { Entry, Part, Reason } from "../tree/tree.ts";
import { type Deb, readDeb } from "./deb.ts";
import type { LockedPackage } from "./locked-package.ts";
import { isLeftOut, matcher, PATH_RULES_VERSION } from "./path-rules.ts";
import { RUN_LINK } from "./run-link.ts";
import { isAlias, mergeUsr } from "./usr-merge.ts";

export interface PackagePartOptions {
  /** Gives the .deb whose digest is the lock's; asked only when the entries are. */
  readonly fetch: (locked: LockedPackage) => Promise<Uint8Array>;
  /** Globs relative to the root, on top of the rules for every package: `usr/lib/postgresql/15/lib/bitcode/**`. */
  readonly excludePaths?: readonly string[];
}

/** Part of every key: raise it when the same package would give other entries. */
const PART_VERSION = 1;
const SET_ID = 0o6000;
const DEFAULT_DIRECTORY = 0o755;

/** @throws Fault `debian/path`, `debian/device`, `debian/package-identity`, and those of deb.ts when entries are asked for */
export function packagePart(locked: LockedPackage, options: PackagePartOptions): Part {
  const excludePaths = options.excludePaths ?? [];
  const { digest, name, version, because } = locked;
  return {
    name: `debian/${name}`,
    key: digestOf(
      JSON.stringify([PART_VERSION, PATH_RULES_VERSION, digest, name, version, because, excludePaths]),
    ),
    async entries() {
      const deb = await readDeb(await options.fetch(locked));
      refuseOther(deb, locked);
      const reason: Reason = { kind: "debian", origin: `${name} ${version}`, because };
      const files = dataEntries(deb, reason, matcher(excludePaths), name);
      return [...files, ...metadata(deb, files, reason, name)];
    },
  };
}

/** Checked by digest, and still: a lock edited by hand could name one package and carry another. */
function refuseOther(deb: Deb, locked: LockedPackage): void {
  const found = `${deb.control.get("package")} ${deb.control.get("version")} ${deb.control.get("architecture")}`;
  const expected = `${locked.name} ${locked.version} ${locked.architecture}`;
  if (found === expected) return;
  throw new Fault({
    code: "debian/package-identity",
    message: `expected the archive of ${expected}, found that of ${found}`,
    hint: "The lock was changed by hand; run `seaworthy plan --update`.",
  });
}

function dataEntries(
  deb: Deb,
  reason: Reason,
  isExcluded: (path: string) => boolean,
  name: string,
): readonly Entry[] {
  const entries = new Map<string, Entry>();
  /** Content by path as archived: a hard link may point at a file that is itself left out. */
  const files = new Map<string, TarEntry>();
  const parents = new Set<string>();
  for (const item of deb.data) {
    const path = memberPath(item.name, name);
    if (path === "" || isAlias(path) || path === RUN_LINK) continue;
    if (item.kind === "file") files.set(path, item);
    parents.add(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    if (isLeftOut(path) || isExcluded(path)) continue;
    if (entries.has(path) && item.kind !== "directory") throw badPath(name, `"${path}" twice`);
    entries.set(path, toEntry(item, path, reason, name, files));
  }
  return [...entries.values()].filter((entry) => entry.kind !== "directory" || isWorthNaming(entry, parents));
}

/** Parents of files are made by rule; a folder says something only when it is empty or not root's 0755. */
function isWorthNaming(entry: Extract<Entry, { kind: "directory" }>, parents: ReadonlySet<string>): boolean {
  return !parents.has(entry.path) || entry.mode !== DEFAULT_DIRECTORY || entry.uid !== 0 || entry.gid !== 0;
}

function toEntry(
  item: TarEntry,
  path: string,
  reason: Reason,
  name: string,
  files: ReadonlyMap<string, TarEntry>,
): Entry {
  const { uid, gid } = item;
  switch (item.kind) {
    case "directory":
      return { kind: "directory", path, mode: item.mode, uid, gid, reason };
    case "symlink":
      return { kind: "symlink", path, target: item.linkTarget, uid, gid, reason };
    case "file":
      return toFile(item, path, reason);
    case "hardlink": {
      const target = files.get(memberPath(item.linkTarget, name));
      if (target === undefined) throw badPath(name, `"${path}", a hard link to nothing before it`);
      return toFile(target, path, reason);
    }
    case "block":
    case "character":
    case "fifo":
    case "other":
      throw new Fault({
        code: "debian/device",
        message: `expected files, folders and links in ${name}, found "${path}", which is of kind ${item.kind}`,
        exit: 2,
      });
  }
}

/** Nothing in an image may change the ids of who runs it. */
function toFile(item: TarEntry, path: string, reason: Reason): Entry {
  const { uid, gid, content } = item;
  const isSetId = (item.mode & SET_ID) !== 0;
  const because = isSetId ? `${reason.because}; its set-id bits were dropped` : reason.because;
  return { kind: "file", path, mode: item.mode & ~SET_ID, uid, gid, content, reason: { ...reason, because } };
}

/** From `./lib/x` to `usr/lib/x`; the root itself is empty. */
function memberPath(stored: string, name: string): string {
  const parts = stored
    .replace(/^\.?\/+/, "")
    .replace(/\/+$/, "")
    .split("/");
  if (parts.length === 1 && (parts[0] === "" || parts[0] === ".")) return "";
  const isBad = (part: string): boolean =>
    part === "" || part === "." || part === ".." || part.startsWith(".wh.") || part.includes("\0");
  if (parts.some(isBad)) throw badPath(name, `"${stored}"`);
  return mergeUsr(parts.join("/"));
}

function badPath(name: string, found: string): Fault {
  return new Fault({
    code: "debian/path",
    message: `expected plain paths, each once, in ${name}, found ${found}`,
    exit: 2,
  });
}

/** As in distroless images: one control file per package, and the checksums of those of its files that are here. */
function metadata(deb: Deb, entries: readonly Entry[], reason: Reason, name: string): readonly Entry[] {
  const paths = new Set(entries.map((entry) => entry.path));
  const checksums = deb.md5sums
    .split("\n")
    .map((line) => /^([0-9a-f]{32}) [ *](.+)$/.exec(line))
    .flatMap((match) => (match === null ? [] : [[match[1], mergeUsr(match[2] ?? "")] as const]))
    .filter(([, path]) => paths.has(path))
    .map(([sum, path]) => `${sum}  ${path}\n`)
    .join("");
  const file = (path: string, text: string): Entry => ({
    kind: "file",
    path: `var/lib/dpkg/status.d/${path}`,
    mode: 0o644,
    uid: 0,
    gid: 0,
    content: Buffer.from(text),
    reason: { ...reason, because: "tells scanners which package this is" },
  });
  return [file(name, deb.controlText), file(`${name}.md5sums`, checksums)];
}
