/** Makes package tarballs for tests, good and hostile ones, header by header. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { DirectoryStore } from "../content/directory-store.ts";
import { Fault } from "../fault/fault.ts";
import { integrityOf } from "./integrity.ts";
import { type PackageLock, parseLock } from "./lock.ts";
import type { Registry } from "./registry.ts";
import type { TarballSource } from "./tarball-source.ts";

export interface FixtureFile {
  readonly name: string;
  readonly content?: string;
  readonly mode?: number;
  /** The type flag of ustar: `0` file, `2` symlink, `5` directory. */
  readonly type?: string;
  readonly link?: string;
}

export function makeTarball(files: readonly FixtureFile[]): Uint8Array {
  const blocks = files.flatMap((file) => {
    const content = Buffer.from(file.content ?? "");
    const header = Buffer.alloc(512);
    header.write(file.name, 0);
    header.write(`${(file.mode ?? 0o644).toString(8).padStart(7, "0")}\0`, 100);
    header.write("0000000\0".repeat(2), 108);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write(`        ${file.type ?? "0"}${file.link ?? ""}`, 148);
    header.write("ustar\x0000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

/** A source whose registry holds just these tarballs, by `name@version`; notes what is asked of it. Gone with the test. */
export async function fixtureSource(
  tarballs: Readonly<Record<string, Uint8Array>>,
): Promise<TarballSource & { readonly asked: string[]; readonly store: DirectoryStore }> {
  const asked: string[] = [];
  const registry: Registry = {
    tarballUrl: async (name, version) => `registry:${name}@${version}`,
    packument: async () => ({}),
    download: async (url) => {
      asked.push(url);
      const found = tarballs[url.replace("registry:", "")];
      if (found !== undefined) return found;
      throw new Fault({ code: "net/status", message: `expected status 200 from ${url}, found 404`, exit: 2 });
    },
  };
  const directory = await mkdtemp(join(tmpdir(), "npm-fixture-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return { store: new DirectoryStore(join(directory, "store")), registry, directory, asked };
}

type Nodes = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export function makeLock(root: Readonly<Record<string, unknown>>, nodes: Nodes): PackageLock {
  const packages = { "": { name: "app", version: "1.0.0", ...root }, ...nodes };
  return parseLock(JSON.stringify({ lockfileVersion: 3, packages }), "package-lock.json");
}

/** A lock entry for a tarball. */
export function lockEntry(
  tarball: Uint8Array,
  more: Readonly<Record<string, unknown>> = {},
): object & Nodes[string] {
  return { version: "1.0.0", integrity: integrityOf(tarball), ...more };
}
