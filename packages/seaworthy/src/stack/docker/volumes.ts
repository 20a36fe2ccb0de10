/** The named volumes of a stack: made when they are not there, kept when it ends, removed only when asked. */
import type { Container, VolumeMount } from "../../engine/container.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import { isFault } from "../../engine/docker/engine-fault.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { Fault } from "../../fault/fault.ts";
import { TAR_END, writeEntry } from "../../tar/write.ts";
import type { StackSpec } from "../stack-spec.ts";
import type { Journal } from "./journal.ts";
import { volumeLabels } from "./labels.ts";

/**
 * Those that these services mount; external ones must be there.
 * @returns the names of those that were made now
 * @throws Fault `stack/volume-missing`
 */
export async function createVolumes(
  client: DockerClient,
  spec: StackSpec,
  services: readonly StackService[],
  { journal, signal }: { readonly journal: Journal; readonly signal?: AbortSignal | undefined },
): Promise<ReadonlySet<string>> {
  const made = new Set<string>();
  for (const name of new Set(
    services.flatMap(({ container }) => volumesOf(container).map((one) => one.name)),
  )) {
    const [key, declared] = [...spec.volumes].find(([, volume]) => volume.name === name) ?? [];
    if (await isThere(client, name, signal)) continue;
    if (declared?.external === true) {
      throw new Fault({
        code: "stack/volume-missing",
        message: `expected volume ${name} to be there, since it is external, found none`,
        hint: `Make it (docker volume create ${name}), or take \`external\` out of the Compose file.`,
      });
    }
    await client.volumes.create({
      Name: name,
      Labels: volumeLabels(spec, key),
      ...(declared?.driver === undefined ? {} : { Driver: declared.driver }),
      ...(declared?.driverOptions === undefined
        ? {}
        : { DriverOpts: Object.fromEntries(declared.driverOptions) }),
    });
    journal.made(() => client.volumes.remove(name));
    made.add(name);
    signal?.throwIfAborted();
  }
  return made;
}

export function volumesOf({ mounts }: Pick<Container, "mounts">): readonly VolumeMount[] {
  return mounts.filter((mount) => mount.kind === "volume");
}

/** Gives volumes that were made just now the owner they ask for. The container is created and does not run. */
export async function ownVolumes(
  client: DockerClient,
  container: string,
  volumes: readonly VolumeMount[],
): Promise<void> {
  for (const { owner, target } of volumes) {
    if (owner === undefined) continue;
    const reason = { kind: "rule", origin: "volume", because: "the owner it asks for" } as const;
    // Called `/`: engines pass over an entry called `.`.
    const entry = writeEntry({ kind: "directory", path: "", ...owner, reason });
    await client.containers.putArchive(container, target, Buffer.concat([entry, TAR_END]));
  }
}

/** One that is not there is no error; one that somebody still uses is the engine's to refuse. */
export async function removeVolumes(
  client: DockerClient,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  for (const name of names) {
    try {
      await client.volumes.remove(name, { signal });
    } catch (error) {
      if (!isFault(error, "docker/not-found")) throw error;
    }
  }
}

async function isThere(
  client: DockerClient,
  name: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await client.volumes.inspect(name, signal);
    return true;
  } catch (error) {
    if (isFault(error, "docker/not-found")) return false;
    throw error;
  }
}
