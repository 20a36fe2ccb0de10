/** Reads `environment:` as map or list, and lays it over what `env_file:` names. */
import { resolve } from "node:path";
import { Fault } from "../fault/fault.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, valueFault } from "./compose-node.ts";
import { parseDotenv, readEnvText } from "./dotenv.ts";
import { expectBoolean, expectOneOf, expectString, expectText, optional, required } from "./expect.ts";

/** A variable without a value is taken out of the image's environment. */
export type Environment = ReadonlyMap<string, string | undefined>;

export type Lookup = (name: string) => string | undefined;

/** `KEY` alone takes the caller's value. */
export function readEnvironment(node: ComposeNode, lookup: Lookup): Environment {
  const environment = new Map<string, string | undefined>();
  for (const [name, value] of readPairs(node)) environment.set(name, value ?? lookup(name));
  return environment;
}

/** `A=b` lists and `A: b` maps, for environment, labels and build arguments. */
export function readPairs(node: ComposeNode): ReadonlyMap<string, string | undefined> {
  const pairs = new Map<string, string | undefined>();
  if (node.kind === "map") {
    for (const [name, value] of node.entries) {
      pairs.set(
        named(name, node),
        value.kind === "scalar" && value.value === null ? undefined : expectText(value),
      );
    }
  } else if (node.kind === "list") {
    for (const item of node.items) {
      const text = expectString(item);
      const sign = text.indexOf("=");
      const name = named(sign === -1 ? text : text.slice(0, sign), item);
      pairs.set(name, sign === -1 ? undefined : text.slice(sign + 1));
    }
  } else throw valueFault(node, "a mapping or a list");
  return pairs;
}

/** All files of `env_file:` one over the other; a later one can use the variables of those before it. */
export async function readEnvFiles(node: ComposeNode, lookup: Lookup): Promise<ReadonlyMap<string, string>> {
  const environment = new Map<string, string>();
  const known = (name: string): string | undefined => environment.get(name) ?? lookup(name);
  for (const item of node.kind === "list" ? node.items : [node]) {
    const { path, needed, raw } = readEnvFile(item);
    const file = resolve(item.base, path);
    const text = await readEnvText(file, item.place);
    if (text === undefined && needed) {
      throw new Fault({
        code: "compose/env-file",
        message: `expected the file ${path}, found none`,
        place: item.place,
        hint: "Create it, or give the entry `required: false`.",
      });
    }
    const pairs = raw ? parseRaw(text ?? "") : parseDotenv(text ?? "", file, known);
    for (const [name, value] of pairs) environment.set(name, value);
  }
  return environment;
}

function readEnvFile(node: ComposeNode): {
  readonly path: string;
  readonly needed: boolean;
  readonly raw: boolean;
} {
  if (node.kind !== "map") return { path: expectString(node), needed: true, raw: false };
  checkKeys(node, KEYS.envFile);
  return {
    path: required(node, "path", expectString),
    needed: optional(node, "required", expectBoolean) ?? true,
    raw: optional(node, "format", (format) => expectOneOf(format, ["raw"])) === "raw",
  };
}

/** `format: raw`: what stands behind the sign is the value, quotes and dollars included. */
function parseRaw(text: string): ReadonlyMap<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => /^[^#=][^=]*=/.test(line));
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf("=")).trim(), line.slice(line.indexOf("=") + 1)]),
  );
}

function named(name: string, node: ComposeNode): string {
  if (name === "" || name.includes("\0") || name.includes("=")) {
    throw valueFault(node, "a list of NAME=value");
  }
  return name;
}
