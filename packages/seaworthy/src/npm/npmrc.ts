/** Reads npm's own configuration files and variables, so that nobody has to tell Seaworthy about a registry twice. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { errnoOf } from "../fault/errno.ts";

export type NpmConfig = ReadonlyMap<string, string>;

/**
 * What npm would find for a project: variables (`npm_config_*`), then the project's, the user's and the global `npmrc`.
 * Keys as in the files: `registry`, `@scope:registry`, `//host/:_authToken`.
 */
export async function readNpmConfig(directory: string, env: NodeJS.ProcessEnv): Promise<NpmConfig> {
  const fromEnv = variables(env);
  const user = fromEnv.get("userconfig") ?? join(env["HOME"] ?? homedir(), ".npmrc");
  const prefix = fromEnv.get("prefix") ?? dirname(dirname(process.execPath));
  const global = fromEnv.get("globalconfig") ?? join(prefix, "etc", "npmrc");
  const config = new Map<string, string>();
  for (const file of [global, user, join(directory, ".npmrc")]) {
    for (const [key, value] of parseNpmrc(await readIfThere(file), env)) config.set(key, value);
  }
  for (const [key, value] of fromEnv) config.set(key, value);
  return config;
}

/** `key = value` lines of an `npmrc`; `${NAME}` stands for a variable. Sections and lists do not concern us. */
export function parseNpmrc(text: string, env: NodeJS.ProcessEnv): NpmConfig {
  const config = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^;#[\s=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const [, key = "", value = ""] = match;
    config.set(substitute(unquote(key), env), substitute(unquote(withoutComment(value)), env));
  }
  return config;
}

/** npm reads `npm_config_cafile` and `NPM_CONFIG_CAFILE` alike; keys with a host keep their case and signs. */
function variables(env: NodeJS.ProcessEnv): NpmConfig {
  const config = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value === "" || !/^npm_config_/i.test(name)) continue;
    const key = name.slice("npm_config_".length);
    config.set(/^(\/\/|@)/.test(key) ? key : key.toLowerCase().replaceAll("_", "-"), value);
  }
  return config;
}

function withoutComment(value: string): string {
  return /^["']/.test(value) ? value : value.replace(/\s[;#].*$/, "");
}

function unquote(text: string): string {
  return /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
}

/** An unknown variable is left as it stands, `${NAME?}` becomes empty: npm's rule. */
function substitute(text: string, env: NodeJS.ProcessEnv): string {
  return text.replace(/\$\{([^${}?]+)(\?)?\}/g, (whole, name: string, optional: string | undefined) => {
    return env[name] ?? (optional === undefined ? whole : "");
  });
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES", "EISDIR"].includes(errnoOf(error) ?? "")) return "";
    throw error;
  }
}
