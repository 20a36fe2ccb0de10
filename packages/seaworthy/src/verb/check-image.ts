/** `check` of an image that is there: what it holds and what its configuration declares. Nothing of it is run. */
import { mkdtemp, rm } from "node:fs/promises";
import { arch, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DirectoryStore } from "../content/directory-store.ts";
import type { DockerClient } from "../engine/docker/client.ts";
import { CONFIG_RULES, configuredUser } from "../inspect/image-config.ts";
import { inspectImage, RULES } from "../inspect/inspect-image.ts";
import { readDockerArchive } from "../oci/docker-archive-read.ts";
import type { Image } from "../oci/image.ts";
import type { WriteListing } from "../oci/keep-image.ts";
import { isLayoutArchive, unpackLayoutArchive } from "../oci/layout-archive.ts";
import { readOciLayout } from "../oci/layout-read.ts";
import { listingOfTar } from "../rootfs/listing-of-tar.ts";
import type { Checked } from "./check.ts";
import { storedImage } from "./engine-images.ts";
import { contentsOf, DEFAULT_PATH } from "./inspect-images.ts";
import { digestIn } from "./pinned-by.ts";
import { roleOf } from "./service-image.ts";
import type { Archive } from "./target.ts";
import { directoriesOf, type VerbIo } from "./verb.ts";

/** @param name as the engine knows it */
export async function checkEngineImage(client: DockerClient, name: string, io: VerbIo): Promise<Checked> {
  const { Id } = await client.images.inspect(name, io.signal);
  const store = storeOf(io);
  const asked = {
    reference: name,
    manifest: { digest: (Id.startsWith("sha256:") ? Id : `sha256:${Id}`) as Image["manifest"]["digest"] },
  };
  const image = await storedImage(client, { store }, asked, io.signal);
  return await judge(store, image, digestIn(name), `image ${name}`);
}

/** As `docker save` writes it, or an OCI layout, in a tar or not. */
export async function checkArchive({ path, isFolder, image: wanted }: Archive, io: VerbIo): Promise<Checked> {
  const store = storeOf(io);
  const list: WriteListing = (layer, entries) => listingOfTar(store, layer, entries);
  const options = { reference: path, wanted, architecture: arch() === "x64" ? "amd64" : arch() };
  const read = async (): Promise<Image> => {
    if (isFolder) return await readOciLayout(store, path, options, list);
    if (!(await isLayoutArchive(path))) return await readDockerArchive(store, path, path, list, wanted);
    const folder = await mkdtemp(join(tmpdir(), "seaworthy-layout-"));
    try {
      await unpackLayoutArchive(path, folder);
      return await readOciLayout(store, folder, options, list);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  const shown = wanted === undefined ? path : `${path}:${wanted}`;
  const image = { ...(await read()), reference: shown };
  return await judge(store, image, "the archive, which has it as a whole", shown);
}

async function judge(
  store: DirectoryStore,
  image: Image,
  pinnedBy: string | undefined,
  shown: string,
): Promise<Checked> {
  const { config, reference } = image;
  const contents = await contentsOf(store, image);
  const findings = await inspectImage(
    {
      ...{ service: reference, image, pinnedBy, secrets: new Map(), developmentOnly: [], budget: undefined },
      role: roleOf(image) === "app" ? "app" : "backing",
      ...contents,
      runs: {
        argv: [...config.entrypoint, ...config.command],
        healthCheck: config.healthCheck?.argv ?? [],
        workingDirectory: config.workingDirectory,
        path: new Map(config.env).get("PATH") ?? DEFAULT_PATH,
        mounts: [],
        // One that no engine starts is judged as root, whom no mode keeps out.
        user: (await configuredUser(image, contents.read)) ?? { uid: 0, gid: 0, groups: [] },
      },
    },
    () => undefined,
    [...CONFIG_RULES, ...RULES],
  );
  return { project: reference, directory: resolve("."), files: [shown], findings };
}

function storeOf({ env }: VerbIo): DirectoryStore {
  return new DirectoryStore(join(directoriesOf(env).cache, "store"));
}
