/** Where to look for an engine: what was asked for, the environment, the docker CLI's context, then the usual places. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import type { DockerAddress, DockerTls } from "../../net/docker-transport.ts";
import { configFolder, readContext, readDockerConfig } from "./docker-config.ts";
import type { DockerEndpoint } from "./endpoint.ts";

export interface WhereOptions {
  readonly env: NodeJS.ProcessEnv;
  /** As in DOCKER_HOST, and before it. */
  readonly host?: string;
  /** As in DOCKER_CONTEXT, and before it. */
  readonly context?: string;
}

/**
 * One when somebody named it, else all usual places in order. The order of what is asked is the docker CLI's:
 * host, context, DOCKER_HOST, DOCKER_CONTEXT, the current context.
 * @throws Fault `docker/address`, `docker/config`, `docker/no-such-context`, `docker/certificates`
 */
export async function candidateEndpoints(options: WhereOptions): Promise<readonly DockerEndpoint[]> {
  const { env } = options;
  if (isGiven(options.host)) return [await fromEnvironment(options.host, "the given address", env)];
  if (isGiven(options.context)) return fromContext(options.context, env);
  if (isGiven(env["DOCKER_HOST"])) return [await fromEnvironment(env["DOCKER_HOST"], "DOCKER_HOST", env)];
  if (isGiven(env["DOCKER_CONTEXT"])) return fromContext(env["DOCKER_CONTEXT"], env);
  const { currentContext } = await readDockerConfig(configFolder(env));
  return isGiven(currentContext) ? fromContext(currentContext, env) : usualPlaces(env);
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

function usualPlaces(env: NodeJS.ProcessEnv): readonly DockerEndpoint[] {
  const runtime = env["XDG_RUNTIME_DIR"];
  const own = (name: string): readonly string[] => (isGiven(runtime) ? [join(runtime, name)] : []);
  return [
    "/var/run/docker.sock",
    ...own("docker.sock"),
    ...own("podman/podman.sock"),
    "/run/podman/podman.sock",
  ].map((path) => ({ address: { kind: "unix", path }, text: `unix://${path}`, source: "the usual places" }));
}

async function fromContext(name: string, env: NodeJS.ProcessEnv): Promise<readonly DockerEndpoint[]> {
  // Built into the CLI, where it means what DOCKER_HOST says, and that is not set here or was set aside.
  if (name === "default") return usualPlaces(env);
  const source = `context "${name}"`;
  const { host, skipTlsVerify, tlsFolder } = await readContext(configFolder(env), name);
  if (host === "") return usualPlaces(env);
  const files = await certificates(tlsFolder);
  const tls =
    files.ca === undefined && files.cert === undefined && !skipTlsVerify
      ? undefined
      : { ...files, verify: !skipTlsVerify };
  return [{ address: parseAddress(host, tls), text: host, source }];
}

/** As the docker CLI: any DOCKER_TLS_VERIFY asks for TLS with a checked certificate, DOCKER_TLS for TLS alone. */
async function fromEnvironment(
  host: string,
  source: string,
  env: NodeJS.ProcessEnv,
): Promise<DockerEndpoint> {
  const verify = isGiven(env["DOCKER_TLS_VERIFY"]);
  if (!verify && !isGiven(env["DOCKER_TLS"])) {
    return { address: parseAddress(host, undefined), text: host, source };
  }
  const folder = isGiven(env["DOCKER_CERT_PATH"]) ? env["DOCKER_CERT_PATH"] : configFolder(env);
  const files = await certificates(folder);
  if (verify && files.ca === undefined) {
    throw new Fault({
      code: "docker/certificates",
      message: "expected ca.pem, cert.pem and key.pem for DOCKER_TLS_VERIFY, found no ca.pem",
      place: { file: folder },
      hint: "Set DOCKER_CERT_PATH to the folder with the engine's certificates.",
    });
  }
  return { address: parseAddress(host, { ...files, verify }), text: host, source };
}

async function certificates(folder: string): Promise<Omit<DockerTls, "verify">> {
  const [ca, cert, key] = await Promise.all(
    ["ca.pem", "cert.pem", "key.pem"].map((name) => text(join(folder, name))),
  );
  return { ca, cert, key };
}

async function text(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * @param host `unix:///run/docker.sock`, `tcp://10.0.0.7:2376`, `http://...`, `https://...`
 * @throws Fault `docker/address`
 */
export function parseAddress(host: string, tls: DockerTls | undefined): DockerAddress {
  if (host.startsWith("unix://")) {
    const path = host.slice("unix://".length);
    if (!path.startsWith("/")) throw badAddress(host, "a socket's path that starts with /");
    return { kind: "unix", path };
  }
  if (host.startsWith("ssh://")) {
    throw badAddress(
      host,
      "an address of this machine or of a TCP port",
      "Forward the socket first (ssh -NL /tmp/docker.sock:/var/run/docker.sock USER@HOST) and set DOCKER_HOST=unix:///tmp/docker.sock.",
    );
  }
  const url = URL.canParse(host) ? new URL(host) : undefined;
  const scheme = url?.protocol.slice(0, -1) ?? "";
  if (url === undefined || url.hostname === "" || !["tcp", "http", "https"].includes(scheme)) {
    throw badAddress(host, "an address such as unix:///var/run/docker.sock or tcp://HOST:PORT");
  }
  const secure = scheme === "https" || (scheme === "tcp" && tls !== undefined);
  return {
    kind: "tcp",
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? defaultPort(scheme, secure) : Number(url.port),
    base: url.pathname.replace(/\/+$/, ""),
    tls: secure ? (tls ?? { ca: undefined, cert: undefined, key: undefined, verify: true }) : undefined,
  };
}

/** `tcp:` has Docker's ports; the others have their scheme's, which URL leaves out. */
function defaultPort(scheme: string, secure: boolean): number {
  if (scheme === "tcp") return secure ? 2376 : 2375;
  return secure ? 443 : 80;
}

function badAddress(host: string, wanted: string, hint?: string): Fault {
  return new Fault({
    code: "docker/address",
    message: `expected ${wanted} to reach a Docker Engine, found "${host}"`,
    hint: hint ?? "Correct DOCKER_HOST or the Docker context.",
  });
}
