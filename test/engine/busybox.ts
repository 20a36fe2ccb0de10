/** The busybox image of the runc suites as one that can be loaded: its folder as a layer, in a store of its own. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { digestOf, hexOf } from "../../packages/seaworthy/src/content/digest.ts";
import { DirectoryStore } from "../../packages/seaworthy/src/content/directory-store.ts";
import type { ContainerImage } from "../../packages/seaworthy/src/engine/container.ts";
import type { DockerClient } from "../../packages/seaworthy/src/engine/docker/client.ts";
import type { Lab } from "../../packages/seaworthy/src/engine/runc/busybox.fixture.ts";
import { assembleImage } from "../../packages/seaworthy/src/oci/assemble.ts";
import { dockerArchive } from "../../packages/seaworthy/src/oci/docker-archive.ts";
import type { Image } from "../../packages/seaworthy/src/oci/image.ts";
import { LAYER_MEDIA_TYPE } from "../../packages/seaworthy/src/oci/media-type.ts";

/** @param lab whose image has one layer, unpacked */
export async function loadBusybox(client: DockerClient, lab: Lab): Promise<ContainerImage> {
  const [base] = lab.image.layers;
  if (base === undefined) throw new TypeError("expected the image to have a layer");
  const tar = execFileSync(
    "tar",
    [
      ...["--directory", join(lab.options.layerRoot, hexOf(base.diffId))],
      ...["--sort=name", "--create", "."],
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  const store = new DirectoryStore(join(lab.folder, "store"));
  const packed = await store.write(gzipSync(tar));
  const layer = { ...base, mediaType: LAYER_MEDIA_TYPE, ...packed, diffId: digestOf(tar) };
  const image: Image = await assembleImage(store, { ...lab.image, layers: [layer] });
  await client.images.load(dockerArchive(store, image));
  const { Id } = await client.images.inspect(image.reference);
  return { ...image, manifest: { digest: `sha256:${Id.replace(/^sha256:/, "")}` }, layers: [] };
}
