/** The registry the user's npm is set to: where a package lies, and who may read it. */
import { Fault } from "../fault/fault.ts";
import { httpGet } from "../net/http.ts";
import { run } from "../shell/run.ts";
import { isRecord, parseJsonObject } from "./json-fields.ts";
import { type NpmConfig, readNpmConfig } from "./npmrc.ts";

export interface Registry {
  /** The tarball at the standard place of a registry. */
  tarballUrl(name: string, version: string): Promise<string>;
  /** The registry's own document about all versions of a package, abbreviated. */
  packument(name: string, signal?: AbortSignal): Promise<Readonly<Record<string, unknown>>>;
  /** A file, with the credentials that the configuration has for its address. */
  download(url: string, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array>;
}

const MAX_PACKUMENT = 64 * 1024 * 1024;
/** What npm itself asks for: a fraction of the whole document. */
const ABBREVIATED = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8";

/** The registry for a project, from npm's configuration alone; npm is asked only when no file names one. */
export async function openRegistry(
  directory: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Registry> {
  const config = await readNpmConfig(directory, env);
  let standard: Promise<string> | undefined;
  async function baseFor(name: string): Promise<string> {
    const scope = name.startsWith("@") ? config.get(`${name.split("/")[0] ?? ""}:registry`) : undefined;
    standard ??= Promise.resolve(config.get("registry") ?? askNpm(directory, env));
    const base = scope ?? (await standard);
    return base.endsWith("/") ? base : `${base}/`;
  }
  const get = (url: string, maxBytes: number, accept: string, signal?: AbortSignal): Promise<Uint8Array> =>
    httpGet(url, { maxBytes, signal, headers: { accept, ...authorization(url, config) } });
  return {
    tarballUrl: async (name, version) => `${await baseFor(name)}${tarballPath(name, version)}`,
    packument: async (name, signal) => {
      const url = `${await baseFor(name)}${name.replace("/", "%2f")}`;
      const bytes = await get(url, MAX_PACKUMENT, ABBREVIATED, signal);
      return parseJsonObject(Buffer.from(bytes).toString("utf8"), `the registry's answer about ${name}`);
    },
    download: (url, maxBytes, signal) => get(url, maxBytes, "*/*", signal),
  };
}

/** `fastify/-/fastify-5.0.0.tgz`, `@babel/core/-/core-7.0.0.tgz`. */
export function tarballPath(name: string, version: string): string {
  return `${name}/-/${name.slice(name.indexOf("/") + 1)}-${version}.tgz`;
}

/** What a packument says about one version. */
export interface Published {
  readonly tarball: string | undefined;
  readonly integrity: string | undefined;
}

export function publishedVersion(
  packument: Readonly<Record<string, unknown>>,
  version: string,
): Published | undefined {
  const versions = packument["versions"];
  const manifest = isRecord(versions) ? versions[version] : undefined;
  const dist = isRecord(manifest) ? manifest["dist"] : undefined;
  if (!isRecord(dist)) return undefined;
  const { tarball, integrity } = dist;
  return {
    tarball: typeof tarball === "string" ? tarball : undefined,
    integrity: typeof integrity === "string" ? integrity : undefined,
  };
}

/**
 * Credentials stand under the address they are for, without its protocol; the longest path that fits wins.
 * They are never sent anywhere else.
 */
export function authorization(url: string, config: NpmConfig): Readonly<Record<string, string>> {
  const { host, pathname } = new URL(url);
  for (let path = pathname; ; path = path.replace(/[^/]*\/?$/, "")) {
    const found = credentials(`//${host}${path}`, config) ?? credentials(`//${host}${path}/`, config);
    if (found !== undefined) return { authorization: found };
    if (path === "" || path === "/") return {};
  }
}

function credentials(at: string, config: NpmConfig): string | undefined {
  const token = config.get(`${at}:_authToken`);
  if (token !== undefined) return `Bearer ${token}`;
  const basic = config.get(`${at}:_auth`);
  if (basic !== undefined) return `Basic ${basic}`;
  const username = config.get(`${at}:username`);
  const password = config.get(`${at}:_password`);
  if (username === undefined || password === undefined) return undefined;
  const plain = `${username}:${Buffer.from(password, "base64").toString("utf8")}`;
  return `Basic ${Buffer.from(plain).toString("base64")}`;
}

async function askNpm(directory: string, env: NodeJS.ProcessEnv): Promise<string> {
  const outcome = await run(["npm", "config", "get", "registry"], { cwd: directory, env, timeout: 30_000 });
  const answer = Buffer.from(outcome.stdout).toString("utf8").trim();
  if (outcome.code === 0 && /^https?:\/\//.test(answer)) return answer;
  throw new Fault({
    code: "npm/no-registry",
    message: `expected npm to name its registry, found ${JSON.stringify(answer)}`,
    hint: "Set it: npm config set registry URL",
    exit: 2,
  });
}
