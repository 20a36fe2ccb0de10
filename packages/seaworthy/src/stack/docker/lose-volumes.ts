/** Takes a service's volumes away, as an engine that lost its disk would: container and volumes are made anew. */
import type { DockerClient } from "../../engine/docker/client.ts";
import { removeContainer } from "../../engine/docker/leftovers.ts";
import type { Engine } from "../../engine/engine.ts";
import { Fault } from "../../fault/fault.ts";
import type { StackSpec } from "../stack-spec.ts";
import { endContainer } from "./bounce.ts";
import { createService } from "./create.ts";
import { createJournal } from "./journal.ts";
import { LEASHED, SERVICE } from "./labels.ts";
import { projectContainers, serviceContainer } from "./snapshot.ts";
import { createVolumes, removeVolumes, volumesOf } from "./volumes.ts";

/**
 * Only for a stack on a leash, which is nobody's but its starter's.
 * @throws Fault `stack/not-a-double`, `stack/volume-shared` when another container has one of the volumes
 */
export async function loseVolumes(
  { client, engine }: { readonly client: DockerClient; readonly engine: Engine },
  spec: StackSpec,
  service: string,
): Promise<void> {
  const declared = spec.services.find(({ container }) => container.name === service);
  const container = await serviceContainer(client, spec.project, service);
  const leash = container.Config.Labels?.[LEASHED];
  if (declared === undefined || leash === undefined) throw notADouble(spec.project);
  const names = lostVolumes(spec, declared);
  await requireUnshared(client, names, container.Id);
  await endContainer(client, container);
  await removeContainer(client, container.Id);
  await removeVolumes(client, names);
  const journal = createJournal();
  try {
    const fresh = await createVolumes(client, spec, [declared], { journal });
    const ids = await containerIds(client, spec.project);
    const facts = await engine.facts();
    await client.containers.start(
      await createService({ client, facts, spec, leash, journal, ids, fresh }, declared),
    );
  } catch (error) {
    await journal.undo();
    throw error;
  }
}

function lostVolumes(spec: StackSpec, { container }: StackSpec["services"][number]): readonly string[] {
  const external = new Set([...spec.volumes.values()].filter((one) => one.external).map(({ name }) => name));
  return volumesOf(container).flatMap(({ name, readOnly }) => (readOnly || external.has(name) ? [] : [name]));
}

async function requireUnshared(client: DockerClient, volumes: readonly string[], own: string): Promise<void> {
  for (const volume of volumes) {
    const users = await client.containers.list({ all: true, filters: { volume: [volume] } });
    const others = users.filter(({ Id }) => Id !== own).flatMap(({ Names }) => Names);
    if (others.length === 0) continue;
    throw new Fault({
      code: "stack/volume-shared",
      message: `expected volume ${volume} to be used by one container, found it also in ${others.map((name) => name.slice(1)).join(", ")}`,
      exit: 2,
    });
  }
}

/** For a namespace that the service shares. */
async function containerIds(client: DockerClient, project: string): Promise<ReadonlyMap<string, string>> {
  const containers = await projectContainers(client, project);
  return new Map(containers.map(({ Id, Config }) => [Config.Labels?.[SERVICE] ?? "", Id]));
}

export function notADouble(project: string): Fault {
  return new Fault({
    code: "stack/not-a-double",
    message: `expected "${project}" to be a double that this process started, found a stack with data of its own`,
    exit: 2,
  });
}
