/** Reads what a Node service says about itself: its package.json and the file that names its Node version. */
import { join } from "node:path";
import { Fault } from "../fault/fault.ts";
import { readTextFile } from "./text-file.ts";

export interface NodeProject {
  /** Absolute. */
  readonly directory: string;
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
  readonly description: string | undefined;
  /** `engines.node`, a range. */
  readonly engine: string | undefined;
  /** What `.nvmrc` or `.node-version` says, and which of them. */
  readonly versionFile: { readonly file: string; readonly text: string } | undefined;
  /** The script `build`, a shell line. */
  readonly buildScript: string | undefined;
  /** How the service is started, and which key of package.json said so. */
  readonly start: { readonly argv: readonly string[]; readonly from: "scripts.start" | "main" };
}

const MAX_BYTES = 1024 * 1024;
/** What a shell would do something with. */
const SHELL_SYNTAX = /[;&|<>()`$*?[\]{}!~#"'\\\n]/;

/** @throws Fault `recipe/package-json`, `recipe/no-start` */
export async function readNodeProject(directory: string): Promise<NodeProject> {
  const file = join(directory, "package.json");
  const text = await readSmall(file);
  if (text === undefined) throw packageFault(file, "a package.json", "none");
  const manifest = parseObject(text, file);
  const scripts = objectAt(manifest, "scripts", file);
  return {
    directory,
    name: stringAt(manifest, "name", file) ?? missing(file, "name"),
    version: stringAt(manifest, "version", file) ?? missing(file, "version"),
    license: stringAt(manifest, "license", file),
    description: stringAt(manifest, "description", file),
    engine: stringAt(objectAt(manifest, "engines", file), "node", file),
    versionFile: await readVersionFile(directory),
    buildScript: stringAt(scripts, "build", file),
    start: startOf(stringAt(scripts, "start", file), stringAt(manifest, "main", file), file),
  };
}

/** A start script is taken when no shell is needed to understand it: `node dist/main.js --flag`. */
function startOf(script: string | undefined, main: string | undefined, file: string): NodeProject["start"] {
  const words = script?.trim().split(/\s+/) ?? [];
  if (script !== undefined && !SHELL_SYNTAX.test(script) && words[0] === "node" && words.length > 1) {
    return { argv: words, from: "scripts.start" };
  }
  if (main !== undefined) return { argv: ["node", main], from: "main" };
  throw new Fault({
    code: "recipe/no-start",
    message: `expected a start script like "node dist/main.js", found ${script === undefined ? "none" : `"${script}"`}`,
    place: { file },
    hint: 'Set "scripts.start" to a node command without shell syntax, or set "main".',
  });
}

async function readVersionFile(directory: string): Promise<NodeProject["versionFile"]> {
  for (const file of [".nvmrc", ".node-version"]) {
    const text = (await readSmall(join(directory, file)))?.trim();
    if (text !== undefined && text !== "") return { file, text };
  }
  return undefined;
}

function readSmall(file: string): Promise<string | undefined> {
  return readTextFile(file, { code: "recipe/package-json", maxBytes: MAX_BYTES });
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(text: string, file: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw packageFault(file, "JSON", error instanceof Error ? error.message : "none");
  }
  if (!isObject(value)) throw packageFault(file, "a JSON object", "something else");
  return value;
}

function objectAt(parent: JsonObject, key: string, file: string): JsonObject {
  const value = Object.hasOwn(parent, key) ? parent[key] : {};
  if (!isObject(value)) throw packageFault(file, `"${key}" to be an object`, typeof value);
  return value;
}

function stringAt(parent: JsonObject, key: string, file: string): string | undefined {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw packageFault(file, `"${key}" to be a string`, value === "" ? "an empty one" : typeof value);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function missing(file: string, key: string): never {
  throw packageFault(file, `the key "${key}"`, "none");
}

function packageFault(file: string, expected: string, found: string): Fault {
  return new Fault({
    code: "recipe/package-json",
    message: `expected ${expected}, found ${found}`,
    place: { file },
  });
}
