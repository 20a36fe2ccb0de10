/** An OCI layout that lies in a tar: `skopeo copy ... oci-archive:FILE`, `buildx -o type=oci`. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errnoOf } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";
import { readTarFile } from "../tar/read-file.ts";

const PART = /^(?:oci-layout|index\.json|blobs\/sha256\/[0-9a-f]{64})$/;

/** `docker save` writes tars that are both; those are its own. */
export async function isLayoutArchive(file: string): Promise<boolean> {
  const names = new Set<string>();
  for await (const { name } of readTarFile(file)) names.add(plain(name));
  return names.has("oci-layout") && !names.has("manifest.json");
}

/**
 * Writes the layout's own files and nothing else of the tar.
 * @param folder that is there and empty
 * @throws Fault `oci/layout` when a file comes twice
 */
export async function unpackLayoutArchive(file: string, folder: string): Promise<void> {
  for await (const { name, kind, content } of readTarFile(file)) {
    const path = plain(name);
    if (kind !== "file" || !PART.test(path)) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    try {
      await writeFile(join(folder, path), content, { flag: "wx" });
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
      throw new Fault({
        code: "oci/layout",
        message: `expected ${path} once in the OCI layout ${file}, found it again`,
        exit: 2,
      });
    }
  }
}

function plain(name: string): string {
  return name.replace(/^\.\//, "");
}
