/** The engine that is a Docker Engine, or Podman: single containers over its API. */
import type { Container } from "../container.ts";
import type { Engine, EngineFacts, Running, StartOptions } from "../engine.ts";
import type { DockerClient } from "./client.ts";
import { readFacts } from "./facts.ts";
import { createPlanter } from "./plant.ts";
import { startContainer } from "./start.ts";

export interface DockerEngineOptions {
  readonly client: DockerClient;
  /** What is left after a crash is found by it. */
  readonly project?: string;
}

/**
 * Disposing removes the images that were made for planted files. Containers are disposed of by who started them;
 * the client is the caller's.
 */
export function createDockerEngine({
  client,
  project = "seaworthy",
}: DockerEngineOptions): Engine & AsyncDisposable {
  const planter = createPlanter(client, project);
  let facts: Promise<EngineFacts> | undefined;
  const read = (): Promise<EngineFacts> => {
    facts ??= readFacts(client);
    facts.catch(() => (facts = undefined));
    return facts;
  };
  return {
    facts: read,
    async start(container: Container, options: StartOptions): Promise<Running> {
      return startContainer({ client, project, planter, facts: await read() }, container, options);
    },
    [Symbol.asyncDispose]: () => planter[Symbol.asyncDispose](),
  };
}
