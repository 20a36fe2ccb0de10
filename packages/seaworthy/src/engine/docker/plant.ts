/** Files planted by a derived image: an engine refuses to put any into a container whose root is read-only. */
import { Digester, digestOf } from "../../content/digest.ts";
import type { PlantedFile } from "../engine.ts";
import { plantedArchive } from "./archives.ts";
import type { DockerClient } from "./client.ts";
import { singleLabels } from "./labels.ts";
import { removeContainer, removeImage } from "./leftovers.ts";

/** Derived images by what is in them, made once and removed together. */
export interface Planter extends AsyncDisposable {
  /** @returns the id of an image that is `image` with the files in it */
  imageWith(image: string, files: readonly PlantedFile[]): Promise<string>;
}

export function createPlanter(client: DockerClient, project: string): Planter {
  const made = new Map<string, Promise<string>>();
  return {
    imageWith(image, files) {
      const key = keyOf(image, files);
      const known = made.get(key);
      if (known !== undefined) return known;
      const fresh = derive(client, project, image, files);
      made.set(key, fresh);
      // The next one may have better luck.
      fresh.catch(() => made.delete(key));
      return fresh;
    },
    async [Symbol.asyncDispose]() {
      const images = await Promise.allSettled(made.values());
      made.clear();
      for (const image of images) {
        if (image.status === "fulfilled") await removeImage(client, image.value);
      }
    },
  };
}

function keyOf(image: string, files: readonly PlantedFile[]): string {
  const digester = new Digester();
  for (const { content, ...entry } of files) {
    digester.update(Buffer.from(JSON.stringify([image, entry, digestOf(content)])));
  }
  return digester.digest();
}

async function derive(
  client: DockerClient,
  project: string,
  image: string,
  files: readonly PlantedFile[],
): Promise<string> {
  const { id } = await client.containers.create({
    Image: image,
    User: "0:0",
    Env: [],
    // Never started. An engine wants a program all the same.
    Entrypoint: ["/"],
    Cmd: [],
    WorkingDir: "/",
    Labels: Object.fromEntries(singleLabels(project)),
    Healthcheck: { Test: ["NONE"] },
    HostConfig: { NetworkMode: "none", ReadonlyRootfs: false, CapAdd: [], CapDrop: ["ALL"], SecurityOpt: [] },
  });
  try {
    await client.containers.putArchive(id, "/", plantedArchive(files));
    // The image has the container's labels.
    return await client.containers.commit(id, {});
  } finally {
    await removeContainer(client, id);
  }
}
