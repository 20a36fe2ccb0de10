/** Finds the credentials that `docker login` keeps, in its file or with a credential helper, as the engine wants them. */
import { Fault } from "../../fault/fault.ts";
import { run } from "../../shell/run.ts";
import type { DockerConfig } from "./docker-config.ts";
import type { ImageName } from "./image-name.ts";

export interface AuthSource {
  readonly config: DockerConfig;
  readonly env: NodeJS.ProcessEnv;
  /** What images without a registry in their name come from; the engine knows. */
  readonly defaultRegistry: () => Promise<string | undefined>;
}

/** The Engine API's AuthConfig. */
interface Credentials {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress: string;
}

/**
 * The value of `X-Registry-Auth`; `undefined` without credentials.
 * @throws Fault `docker/credential-helper` when the configured helper fails
 */
export async function registryAuth(source: AuthSource, image: ImageName): Promise<string | undefined> {
  if (!hasAny(source.config)) return undefined;
  const key = await keyOf(source, image.registry);
  const credentials = key === undefined ? undefined : await credentialsFor(source, key);
  return credentials === undefined ? undefined : encoded(credentials);
}

/** The value of `X-Registry-Config`: all credentials, by registry. */
export async function allRegistries(source: AuthSource): Promise<string | undefined> {
  const { auths = {}, credHelpers = {} } = source.config;
  const found: Record<string, Credentials> = {};
  for (const key of new Set([...Object.keys(auths), ...Object.keys(credHelpers)])) {
    const credentials = await credentialsFor(source, key);
    if (credentials !== undefined) found[key] = credentials;
  }
  return Object.keys(found).length === 0 ? undefined : encoded(found);
}

function hasAny({ auths = {}, credHelpers = {}, credsStore = "" }: DockerConfig): boolean {
  return credsStore !== "" || Object.keys(auths).length + Object.keys(credHelpers).length > 0;
}

/** The default registry is known by the whole address of its index, any other by its host name. */
async function keyOf(source: AuthSource, registry: string | undefined): Promise<string | undefined> {
  // Podman has no such thing, and says so with an empty text.
  const index = (await source.defaultRegistry()) || undefined;
  if (registry === undefined) return index;
  return index !== undefined && hostOf(index) === `index.${registry}` ? index : registry;
}

async function credentialsFor(source: AuthSource, key: string): Promise<Credentials | undefined> {
  const { credHelpers = {}, credsStore, auths = {} } = source.config;
  const helper = credHelpers[key] ?? credsStore;
  if (helper !== undefined && helper !== "") return fromHelper(helper, key, source.env);
  const stored = auths[key] ?? Object.entries(auths).find(([name]) => hostOf(name) === hostOf(key))?.[1];
  if (stored?.identitytoken !== undefined && stored.identitytoken !== "") {
    return { identitytoken: stored.identitytoken, serveraddress: key };
  }
  const plain = Buffer.from(stored?.auth ?? "", "base64").toString();
  const colon = plain.indexOf(":");
  if (colon === -1) return undefined;
  // The docker CLI has padded stored passwords with NUL.
  const password = plain.slice(colon + 1).replace(/\0+$/, "");
  return { username: plain.slice(0, colon), password, serveraddress: key };
}

/**
 * The protocol: the registry on standard input, one JSON object on standard output.
 * @see https://github.com/docker/docker-credential-helpers#development
 */
async function fromHelper(
  name: string,
  registry: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name)) throw helperFault(program, "its name is not that of a program");
  const outcome = await run([program, "get"], {
    env,
    stdin: Buffer.from(registry),
    timeout: 30_000,
    maxOutput: 1024 * 1024,
  });
  const text = Buffer.from(outcome.stdout).toString().trim();
  if (outcome.code !== 0) {
    if (/credentials not found/i.test(text)) return undefined;
    // Standard output may hold a secret; only a message that the protocol documents is passed on.
    throw helperFault(
      program,
      outcome.timedOut ? "it took too long" : `it ended with ${outcome.code ?? outcome.signal}`,
    );
  }
  try {
    const { Username, Secret } = JSON.parse(text) as { readonly Username?: string; readonly Secret?: string };
    if (typeof Username === "string" && typeof Secret === "string") {
      return Username === "<token>"
        ? { identitytoken: Secret, serveraddress: registry }
        : { username: Username, password: Secret, serveraddress: registry };
    }
  } catch {
    // Said below.
  }
  throw helperFault(program, "it did not answer with a user name and a secret");
}

function helperFault(program: string, found: string): Fault {
  return new Fault({
    code: "docker/credential-helper",
    message: `expected credentials from ${program}, but ${found}`,
    hint: "Repair credsStore or credHelpers in Docker's config.json, or log in again (docker login).",
    exit: 2,
  });
}

/** Keys are host names, or addresses with a scheme and a path. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
