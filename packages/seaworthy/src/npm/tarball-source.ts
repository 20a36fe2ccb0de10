/** Gets the tarball of a locked package, from the content store if it is there, and holds it to its integrity. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { digestOf, isDigest } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import { Fault } from "../fault/fault.ts";
import { type Integrity, integrityOf, matchesIntegrity, parseIntegrity } from "./integrity.ts";
import { publishedVersion, type Registry, tarballPath } from "./registry.ts";
import type { SelectedPackage } from "./select.ts";

export interface TarballSource {
  readonly store: ContentStore;
  readonly registry: Registry;
  /** The project's folder, absolute: `file:x.tgz` counts from there. */
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
}

export type Locatable = Pick<SelectedPackage, "name" | "version" | "integrity" | "resolved">;

/** No published package comes near this. */
const MAX_TARBALL = 1024 * 1024 * 1024;

/**
 * A copy in the store that no longer has its digest is fetched anew.
 * @throws Fault `npm/no-integrity`, `npm/integrity`, `npm/not-published`, `npm/unknown-source`, `net/*`
 */
export async function fetchTarball(item: Locatable, source: TarballSource): Promise<Uint8Array> {
  const integrity = requireIntegrity(item);
  const key = digestOf(`npm tarball ${integrity.algorithm}-${integrity.digests.join(" ")}`);
  const known = await source.store.recall(key);
  if (known !== undefined && isDigest(known)) {
    const cached = await source.store.read(known);
    if (cached !== undefined && matchesIntegrity(cached, integrity)) return cached;
  }
  const fetched = await locate(item, source);
  if (!matchesIntegrity(fetched, integrity)) {
    throw new Fault({
      code: "npm/integrity",
      message:
        `expected ${item.name} ${item.version} to have integrity ${integrity.algorithm}-${integrity.digests.join(" or ")}, ` +
        `found ${integrityOf(fetched, integrity.algorithm)}`,
      hint: "The tarball was changed after the lock was written, or on its way here. Do not install it; ask who publishes it.",
      exit: 2,
    });
  }
  const { digest } = await source.store.write(fetched);
  await source.store.remember(key, digest);
  return fetched;
}

function requireIntegrity(item: Locatable): Integrity {
  const integrity = parseIntegrity(item.integrity ?? "");
  if (integrity !== undefined) return integrity;
  throw new Fault({
    code: "npm/no-integrity",
    message: `expected the lock to have an integrity for ${item.name} ${item.version}, found ${item.integrity ?? "none"}`,
    hint: "Remove node_modules and this entry of the lock, then run npm install --package-lock-only.",
  });
}

/**
 * An address of the standard form means "the configured registry", whatever host stands in it: locks travel between
 * networks. Should that registry not have it, the address is taken as written, then what the registry's document says.
 */
async function locate(item: Locatable, source: TarballSource): Promise<Uint8Array> {
  const { resolved } = item;
  if (resolved?.startsWith("file:") === true) {
    return readFile(resolve(source.directory, decodeURI(resolved.slice("file:".length))));
  }
  const written = resolved === undefined ? undefined : parseAddress(item, resolved);
  const standard =
    written === undefined ||
    decodeURIComponent(written.pathname).endsWith(`/${tarballPath(item.name, item.version)}`);
  const download = (url: string): Promise<Uint8Array> =>
    source.registry.download(url, MAX_TARBALL, source.signal);
  if (!standard) return download(written.href);
  try {
    return await download(await source.registry.tarballUrl(item.name, item.version));
  } catch (error) {
    if (!(error instanceof Fault && error.code === "net/status")) throw error;
    return download(written?.href ?? (await publishedAddress(item, source)));
  }
}

function parseAddress(item: Locatable, resolved: string): URL {
  const address = URL.parse(resolved);
  if (address?.protocol === "https:" || address?.protocol === "http:") return address;
  throw new Fault({
    code: "npm/unknown-source",
    message: `expected ${item.name} ${item.version} to come from http, https or file, found ${resolved}`,
    hint: "Depend on a published version or on a tarball.",
  });
}

async function publishedAddress(item: Locatable, source: TarballSource): Promise<string> {
  const packument = await source.registry.packument(item.name, source.signal);
  const tarball = publishedVersion(packument, item.version)?.tarball;
  if (tarball !== undefined) return tarball;
  throw new Fault({
    code: "npm/not-published",
    message: `expected the registry to have ${item.name} ${item.version}, found no such version`,
    hint: "Check the registry in .npmrc, or choose another version.",
    exit: 2,
  });
}
