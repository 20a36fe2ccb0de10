/** Finds the Docker Engine the way the docker CLI does, and agrees with it on a version. */

import { Fault } from "../../fault/fault.ts";
import { createDockerTransport } from "../../net/docker-transport.ts";
import { readWhole } from "./bounded.ts";
import { createDockerClient, type DockerClient } from "./client.ts";
import { configFolder, readDockerConfig } from "./docker-config.ts";
import type { DockerEndpoint } from "./endpoint.ts";
import { connectionFault, isFault } from "./engine-fault.ts";
import { candidateEndpoints, type WhereOptions } from "./lookup.ts";

export interface ConnectOptions extends WhereOptions {
  /** Milliseconds for an engine to say that it is there; 5 s unless said otherwise. */
  readonly patience?: number;
  readonly signal?: AbortSignal | undefined;
}

export type FoundDocker =
  | { readonly client: DockerClient; readonly reason?: undefined }
  | { readonly client: undefined; readonly reason: Fault };

/** What is used here is in every Engine from Docker 19.03 on, and known up to this one. */
const OLDEST = 40;
const NEWEST = 47;
const PATIENCE = 5_000;

/**
 * @throws Fault `docker/unreachable`, `docker/permission`, `docker/too-old`, `docker/config`, `docker/no-such-context`,
 *   `docker/address` (a kind of address that is not supported)
 */
export async function connectDocker(options: ConnectOptions): Promise<DockerClient> {
  const endpoints = await candidateEndpoints(options);
  const config = await readDockerConfig(configFolder(options.env));
  let reason: Fault | undefined;
  for (const endpoint of endpoints) {
    try {
      const { apiVersion, flavor } = await negotiate(endpoint, options);
      return createDockerClient({ endpoint, apiVersion, flavor, config, env: options.env });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // One that is there and cannot be used says more than one that is not there.
      if (reason === undefined || isFault(reason, "docker/unreachable")) reason = error;
    }
  }
  if (endpoints.length > 1 && isFault(reason, "docker/unreachable")) throw nowhere(endpoints);
  throw reason ?? nowhere(endpoints);
}

/** The same, for those who have another way when there is no engine. Rejects only when aborted. */
export async function findDocker(options: ConnectOptions): Promise<FoundDocker> {
  try {
    return { client: await connectDocker(options) };
  } catch (error) {
    if (error instanceof Fault) return { client: undefined, reason: error };
    throw error;
  }
}

interface Agreed {
  readonly apiVersion: string;
  readonly flavor: DockerClient["flavor"];
}

async function negotiate(
  endpoint: DockerEndpoint,
  { signal, patience = PATIENCE }: ConnectOptions,
): Promise<Agreed> {
  const asked = "a Docker Engine";
  using transport = createDockerTransport(endpoint.address);
  const timeout = AbortSignal.timeout(patience);
  try {
    const response = await transport.request({
      method: "GET",
      path: "/_ping",
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    await readWhole(response.body, 64 * 1024);
    return {
      apiVersion: agree(endpoint, response.status, response.headers["api-version"]),
      flavor: response.headers["libpod-api-version"] === undefined ? "docker" : "podman",
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Fault) throw error;
    throw connectionFault(asked, endpoint.text, timeout.aborted ? silence(patience) : error);
  }
}

function silence(patience: number): Error {
  return new Error(`there was no answer within ${patience / 1000} s`);
}

function agree(endpoint: DockerEndpoint, status: number, header: string | string[] | undefined): string {
  const minor = /^1\.(\d{1,4})$/.exec(String(header))?.[1];
  if (status !== 200 || minor === undefined) {
    throw new Fault({
      code: "docker/not-an-engine",
      message: `expected a Docker Engine at ${endpoint.text} (${endpoint.source}), found something that answers with status ${status} and no API version`,
      hint: "See what listens there, and whether DOCKER_HOST or the Docker context means another address.",
      exit: 2,
    });
  }
  if (Number(minor) < OLDEST) {
    throw new Fault({
      code: "docker/too-old",
      message: `expected an engine with API 1.${OLDEST} or newer, found 1.${minor} at ${endpoint.text}`,
      hint: "Update Docker to 19.03 or newer, or Podman to 3.0 or newer.",
      exit: 2,
    });
  }
  return `1.${Math.min(Number(minor), NEWEST)}`;
}

function nowhere(endpoints: readonly DockerEndpoint[]): Fault {
  return new Fault({
    code: "docker/unreachable",
    message: `expected a Docker Engine, but nobody answers at ${endpoints.map(({ text }) => text).join(", ")}`,
    hint: "Start Docker or Podman's socket, or name an engine with DOCKER_HOST or docker context use.",
    exit: 2,
  });
}
