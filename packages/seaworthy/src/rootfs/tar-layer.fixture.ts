/** A layer as somebody else would have made it, by GNU tar, for tests of what is read from layers. */
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { digestOf } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import type { Layer } from "../oci/image.ts";
import { readTar } from "../tar/read.ts";
import { listingOfTar } from "./listing-of-tar.ts";

/** @param links hard links, by the path of another file of the layer */
export async function tarLayer(
  store: ContentStore,
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
): Promise<Layer> {
  const root = mkdtempSync(join(tmpdir(), "tar-layer-"));
  try {
    const place = (path: string): string => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      return join(root, path);
    };
    for (const [path, content] of Object.entries(files)) writeFileSync(place(path), content);
    for (const [path, to] of Object.entries(links)) linkSync(join(root, to), place(path));
    const archive = execFileSync("tar", ["--create", "--sort=name", "-C", root, "."]);
    const blob = await store.write(archive);
    return {
      ...blob,
      mediaType: "application/vnd.oci.image.layer.v1.tar",
      diffId: digestOf(archive),
      ...{ unpackedSize: 0, name: "layer", createdBy: "test" },
      listing: await listingOfTar(store, blob.digest, readTar(archive)),
    };
  } finally {
    rmSync(root, { recursive: true });
  }
}
