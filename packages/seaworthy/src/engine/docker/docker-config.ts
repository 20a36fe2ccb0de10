/** Reads the docker CLI's own configuration: `config.json` and the contexts beside it. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { digestOf, hexOf } from "../../content/digest.ts";
import { isMissing } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";

/** As far as it is used, under the file's own names. */
export interface DockerConfig {
  readonly currentContext?: string;
  readonly auths?: Readonly<Record<string, StoredAuth>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

export interface StoredAuth {
  /** Base64 of `user:password`. */
  readonly auth?: string;
  readonly identitytoken?: string;
}

/** What a context says about the engine it means. */
export interface DockerContext {
  /** `unix:///run/user/1000/docker.sock`; empty in a context that leaves it to the usual place. */
  readonly host: string;
  readonly skipTlsVerify: boolean;
  /** The folder with `ca.pem`, `cert.pem` and `key.pem`, each of which may be missing. */
  readonly tlsFolder: string;
}

/** `$DOCKER_CONFIG`, else `.docker` in the home directory. */
export function configFolder(env: NodeJS.ProcessEnv): string {
  const { DOCKER_CONFIG, HOME } = env;
  if (DOCKER_CONFIG !== undefined && DOCKER_CONFIG !== "") return DOCKER_CONFIG;
  return join(HOME === undefined || HOME === "" ? homedir() : HOME, ".docker");
}

/**
 * Empty when there is no file.
 * @throws Fault `docker/config` for one that is not a JSON object
 */
export async function readDockerConfig(folder: string): Promise<DockerConfig> {
  const file = join(folder, "config.json");
  const found = await readJson(file);
  return found === undefined ? {} : found;
}

/**
 * @see https://github.com/docker/cli/blob/master/cli/context/store/store.go
 * @throws Fault `docker/no-such-context`
 */
export async function readContext(folder: string, name: string): Promise<DockerContext> {
  const id = hexOf(digestOf(name));
  const file = join(folder, "contexts/meta", id, "meta.json");
  const meta: ContextMeta | undefined = await readJson(file);
  if (meta === undefined) {
    throw new Fault({
      code: "docker/no-such-context",
      message: `expected a Docker context called "${name}", found none`,
      place: { file },
      hint: "See docker context ls, and choose one with docker context use or DOCKER_CONTEXT.",
    });
  }
  const endpoint = meta.Endpoints?.docker;
  return {
    host: endpoint?.Host ?? "",
    skipTlsVerify: endpoint?.SkipTLSVerify ?? false,
    tlsFolder: join(folder, "contexts/tls", id, "docker"),
  };
}

interface ContextMeta {
  readonly Endpoints?: { readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean } };
}

async function readJson(file: string): Promise<object | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, together with JSON that is no object.
  }
  throw new Fault({
    code: "docker/config",
    message: "expected a JSON object, found something else",
    place: { file },
    hint: "Repair or remove the file: the docker CLI cannot read it either.",
  });
}
