/** Reads single files out of an image that a Docker Engine has, without running anything of it. */
import { readTar } from "../../tar/read.ts";
import type { DockerClient } from "./client.ts";
import { isFault } from "./engine-fault.ts";

const LARGEST = 4 * 1024 * 1024;

/**
 * @param paths absolute, in the image
 * @returns by path; a path that is not there, is no file, or is larger than 4 MiB is left out
 */
export async function readImageFiles(
  client: DockerClient,
  image: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Buffer>> {
  const { id } = await client.containers.create(
    {
      ...{ Image: image, User: "", Env: [], Entrypoint: ["/"], Cmd: [], WorkingDir: "/", Labels: {} },
      HostConfig: { NetworkMode: "none", ReadonlyRootfs: true, CapAdd: [], CapDrop: [], SecurityOpt: [] },
    },
    signal === undefined ? {} : { signal },
  );
  try {
    const files = new Map<string, Buffer>();
    for (const path of paths) {
      const content = await readFileOf(client, id, path, signal);
      if (content !== undefined) files.set(path, content);
    }
    return files;
  } finally {
    await client.containers.remove(id, { force: true, volumes: true });
  }
}

async function readFileOf(
  client: DockerClient,
  id: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of await client.containers.getArchive(id, path, signal)) {
      size += chunk.length;
      if (size > LARGEST) return undefined;
      chunks.push(chunk);
    }
    const [entry] = readTar(Buffer.concat(chunks));
    return entry?.kind === "file" ? Buffer.from(entry.content) : undefined;
  } catch (error) {
    if (isFault(error, "docker/not-found")) return undefined;
    throw error;
  }
}
