/** Reads `package-lock.json` into typed nodes, so that nothing later has to guess what a field may hold. */
import { Fault } from "../fault/fault.ts";
import { isRecord, parseJsonObject, readFlag, readList, readRecord, readText } from "./json-fields.ts";

/** One entry of `packages`: an install path and what belongs there. */
export interface LockNode {
  /** Relative to the project, `/` between parts: `node_modules/a/node_modules/@b/c`. Empty for the project itself. */
  readonly path: string;
  /** The package's own name; differs from the folder's for an alias (`npm:other@1`). */
  readonly name: string;
  readonly version: string | undefined;
  /** Subresource integrity, as written. */
  readonly integrity: string | undefined;
  readonly resolved: string | undefined;
  readonly dev: boolean;
  readonly optional: boolean;
  /** Needed by something of development and by something optional. */
  readonly devOptional: boolean;
  readonly peer: boolean;
  /** Not wanted by anything; npm never installs it. */
  readonly extraneous: boolean;
  /** Comes inside the tarball of the package above it. */
  readonly inBundle: boolean;
  /** Carries other packages in its own tarball. */
  readonly bundles: boolean;
  readonly hasInstallScript: boolean;
  readonly hasShrinkwrap: boolean;
  readonly link: boolean;
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc: readonly string[];
  readonly engines: ReadonlyMap<string, string>;
  /** Command to file, as written. */
  readonly bin: ReadonlyMap<string, string>;
  readonly dependencies: ReadonlyMap<string, string>;
  readonly devDependencies: ReadonlyMap<string, string>;
  readonly optionalDependencies: ReadonlyMap<string, string>;
  readonly peerDependencies: ReadonlyMap<string, string>;
  /** The names among `peerDependencies` that may be missing. */
  readonly optionalPeers: ReadonlySet<string>;
}

export interface PackageLock {
  /** As the user knows it, for messages. */
  readonly file: string;
  readonly version: 2 | 3;
  readonly root: LockNode;
  /** By path, without the root. */
  readonly nodes: ReadonlyMap<string, LockNode>;
}

const SEGMENT = /^(?!\.{1,2}$)[^/\\\0]+$/;
/** npm keeps `.bin` and its own notes there. */
const RESERVED = /(?:^|\/)node_modules\/(?:@[^/]+\/)?\./;
const PACKAGE_PATH = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/;

/**
 * @param file names the lock in messages
 * @throws Fault `npm/not-json`, `npm/lock-malformed`, `npm/lock-version`
 */
export function parseLock(text: string, file: string): PackageLock {
  const document = parseJsonObject(text, file);
  const version = document["lockfileVersion"];
  if (version !== 2 && version !== 3) {
    throw new Fault({
      code: "npm/lock-version",
      message: `expected "lockfileVersion" 2 or 3, found ${JSON.stringify(version) ?? "none"}`,
      place: { file },
      hint: "Write the lock anew with npm 7 or later: npm install --package-lock-only --lockfile-version 3",
    });
  }
  const packages = document["packages"];
  if (!isRecord(packages) || !isRecord(packages[""])) {
    throw malformed(file, 'expected an object "packages" with an entry "" for the project');
  }
  const nodes = new Map<string, LockNode>();
  for (const [path, fields] of Object.entries(packages)) {
    if (path === "") continue;
    if (!path.split("/").every((segment) => SEGMENT.test(segment)) || RESERVED.test(path)) {
      throw malformed(file, `expected a path inside the project, found ${JSON.stringify(path)}`);
    }
    if (!isRecord(fields)) throw malformed(file, `expected an object at packages[${JSON.stringify(path)}]`);
    nodes.set(path, readNode(path, fields, file));
  }
  return { file, version, root: readNode("", packages[""], file), nodes };
}

/** The folder's name below `node_modules`, with its scope; differs from `name` for an alias. */
function installedName(path: string): string | undefined {
  return PACKAGE_PATH.exec(path)?.[1];
}

function readNode(path: string, fields: Readonly<Record<string, unknown>>, file: string): LockNode {
  const fail = (problem: string): Fault => malformed(file, `${problem} at packages[${JSON.stringify(path)}]`);
  const name = readText(fields, "name", fail) ?? installedName(path) ?? "";
  const peerMeta = isRecord(fields["peerDependenciesMeta"]) ? fields["peerDependenciesMeta"] : {};
  const bundled = fields["bundleDependencies"] ?? fields["bundledDependencies"];
  return {
    path,
    name,
    version: readText(fields, "version", fail),
    integrity: readText(fields, "integrity", fail),
    resolved: readText(fields, "resolved", fail),
    dev: readFlag(fields, "dev"),
    optional: readFlag(fields, "optional"),
    devOptional: readFlag(fields, "devOptional"),
    peer: readFlag(fields, "peer"),
    extraneous: readFlag(fields, "extraneous"),
    inBundle: readFlag(fields, "inBundle"),
    bundles: bundled === true || (Array.isArray(bundled) && bundled.length > 0),
    hasInstallScript: readFlag(fields, "hasInstallScript"),
    hasShrinkwrap: readFlag(fields, "hasShrinkwrap"),
    link: readFlag(fields, "link"),
    os: readList(fields, "os", fail),
    cpu: readList(fields, "cpu", fail),
    libc: readList(fields, "libc", fail),
    // Ancient packages have a list here, which npm ignores.
    engines: Array.isArray(fields["engines"]) ? new Map() : readRecord(fields, "engines", fail),
    bin:
      typeof fields["bin"] === "string" ? new Map([[name, fields["bin"]]]) : readRecord(fields, "bin", fail),
    dependencies: readRecord(fields, "dependencies", fail),
    devDependencies: readRecord(fields, "devDependencies", fail),
    optionalDependencies: readRecord(fields, "optionalDependencies", fail),
    peerDependencies: readRecord(fields, "peerDependencies", fail),
    optionalPeers: new Set(
      Object.entries(peerMeta)
        .filter(([, meta]) => isRecord(meta) && meta["optional"] === true)
        .map(([name]) => name),
    ),
  };
}

function malformed(file: string, problem: string): Fault {
  return new Fault({
    code: "npm/lock-malformed",
    message: problem,
    place: { file },
    hint: "Write the lock anew: npm install --package-lock-only",
  });
}
