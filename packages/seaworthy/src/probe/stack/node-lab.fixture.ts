/** A Node in the root file system of a lab: the program, the libraries that it loads, and nothing else of its image. */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hexOf } from "../../content/digest.ts";
import { DirectoryStore } from "../../content/directory-store.ts";
import type { Lab } from "../../engine/runc/busybox.fixture.ts";
import { chooseNode, nodePart } from "../../npm/node-runtime.ts";
import { openRegistry } from "../../npm/registry.ts";
import { run } from "../../shell/run.ts";

/** Where the lab's only layer is unpacked. */
export function rootOf({ folder, image }: Lab): string {
  const [layer] = image.layers;
  if (layer === undefined) throw new TypeError("expected a lab with a layer");
  return join(folder, "layers", hexOf(layer.diffId));
}

/** From the registry that this machine is set to, held to its integrity, as a plan would have it. @param file in the root */
export async function putNode(root: string, version: string, file: string): Promise<void> {
  const { arch } = process;
  if (arch !== "x64" && arch !== "arm64")
    throw new TypeError(`expected a Node package for ${arch}, found none`);
  const scratch = mkdtempSync(join(tmpdir(), "seaworthy-node-"));
  try {
    const registry = await openRegistry(scratch);
    const request = { range: version, from: "a test" };
    const choice = await chooseNode({ request, architecture: arch, date: "2026-11-28", registry });
    const store = new DirectoryStore(join(scratch, "store"));
    const [program] = await nodePart(choice, { store, registry, directory: scratch }).entries();
    if (program?.kind !== "file") throw new TypeError("expected the program first");
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, program.content);
    chmodSync(path, program.mode);
    await putLibraries(root, path);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** This machine's own, at the places where its loader has them. @param program of this machine's architecture, absolute */
export async function putLibraries(root: string, program: string): Promise<void> {
  const { stdout } = await run(["ldd", program]);
  const listed = Buffer.from(stdout).toString("utf8");
  const paths = [...listed.matchAll(/(\/\S+) \(0x[0-9a-f]+\)/g)].map(([, path = ""]) => path);
  if (paths.length < 2) throw new TypeError(`expected libraries of ${program}, found: ${listed}`);
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    copyFileSync(path, join(root, path));
  }
}
