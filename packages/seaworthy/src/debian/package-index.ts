/** The packages of an archive: fetches the indices that a release vouches for, and reads the fields a resolver needs. */
import { decompress } from "../codec/decompress.ts";
import { type Digest, digestFromHex, digestOf, hexOf } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import { type Verified, vouchFor } from "../content/verified.ts";
import { Fault } from "../fault/fault.ts";
import { httpGet } from "../net/http.ts";
import type { Release } from "./release.ts";
import { compareVersions } from "./version.ts";

export interface IndexedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Relations as written, empty when the field is missing. */
  readonly depends: string;
  readonly preDepends: string;
  readonly provides: string;
  readonly conflicts: string;
  readonly breaks: string;
  /** Below the mirror: `pool/main/g/glibc/libc6_2.41-12_amd64.deb`. */
  readonly filename: string;
  /** In bytes. */
  readonly size: number;
  readonly digest: Digest;
  readonly suite: string;
}

/** Of several suites merged; per name the highest version first. */
export type PackageIndex = ReadonlyMap<string, readonly IndexedPackage[]>;

export interface IndexSource {
  readonly store: ContentStore;
  /** The mirror that serves the suite. */
  readonly mirror: string;
  readonly signal?: AbortSignal | undefined;
}

const MAX_INDEX = 512 * 1024 * 1024;

/** Where in the release the index of the main component for an architecture is. */
export function indexPath(architecture: string): string {
  return `main/binary-${architecture}/Packages.xz`;
}

/**
 * The text of a release's package index, from the store if it is there.
 * @throws Fault `debian/no-index`, `debian/index-digest`, `net/*`
 */
export async function fetchIndex(
  release: Release,
  architecture: string,
  source: IndexSource,
): Promise<Verified<string>> {
  const path = indexPath(architecture);
  const file = release.files.get(path);
  if (file === undefined) {
    throw new Fault({
      code: "debian/no-index",
      message: `expected ${release.suite} to have packages for ${architecture}, found no ${path}`,
      exit: 2,
    });
  }
  let packed = await source.store.read(file.digest);
  if (packed === undefined) {
    packed = await download(release, path, source);
    const found = digestOf(packed);
    if (packed.length !== file.size || found !== file.digest) {
      throw new Fault({
        code: "debian/index-digest",
        message:
          `expected ${path} of ${release.suite} to be ${file.size} bytes with digest ${file.digest}, ` +
          `found ${packed.length} bytes with ${found}`,
        hint: "The mirror may be in the middle of an update; try again later, or choose another one.",
        exit: 2,
      });
    }
    await source.store.write(packed, file.digest);
  }
  const text = Buffer.from(await decompress(packed, MAX_INDEX)).toString("utf8");
  return vouchFor(text, file.digest);
}

/** By digest, so that an index that changes under us is not mixed up; by name where a mirror has no such folder. */
async function download(release: Release, path: string, source: IndexSource): Promise<Uint8Array> {
  const file = release.files.get(path);
  const base = `${source.mirror}/dists/${release.suite}`;
  const options = { maxBytes: file?.size ?? 0, signal: source.signal };
  if (release.acquireByHash && file !== undefined) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    try {
      return await httpGet(`${base}/${folder}/by-hash/SHA256/${hexOf(file.digest)}`, options);
    } catch (error) {
      if (!(error instanceof Fault && error.code === "net/status")) throw error;
    }
  }
  return httpGet(`${base}/${path}`, options);
}

/** @throws Fault `debian/index` for a package without a name, version, file or checksum */
export function parseIndex(text: Verified<string>, suite: string): readonly IndexedPackage[] {
  const packages: IndexedPackage[] = [];
  const { value } = text;
  for (let at = 0; at < value.length; ) {
    const end = value.indexOf("\n\n", at);
    const stop = end < 0 ? value.length : end;
    const fields = parseParagraph(value, at, stop);
    if (fields.size > 0) packages.push(toPackage(fields, suite));
    at = stop + 2;
  }
  return packages;
}

/** Half of the parsing time of 60 000 packages would go into fields that nobody reads. */
const WANTED = new Set([
  "Package",
  "Version",
  "Architecture",
  "Depends",
  "Pre-Depends",
  "Provides",
  "Conflicts",
  "Breaks",
  "Filename",
  "Size",
  "SHA256",
]);

/** The archive's software writes these fields unfolded and in this spelling, and its signature says that it wrote them. */
function parseParagraph(text: string, start: number, stop: number): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let at = start; at < stop; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 || newline > stop ? stop : newline;
    const colon = text.indexOf(":", at);
    if (colon > at && colon < end) {
      const name = text.slice(at, colon);
      if (WANTED.has(name)) fields.set(name, text.slice(colon + 1, end).trim());
    }
    at = end + 1;
  }
  return fields;
}

function toPackage(fields: ReadonlyMap<string, string>, suite: string): IndexedPackage {
  const need = (name: string, form: RegExp): string => {
    const value = fields.get(name) ?? "";
    if (form.test(value)) return value;
    throw new Fault({
      code: "debian/index",
      message: `expected ${name} of package "${fields.get("Package") ?? "?"}" in ${suite} to look like ${form.source}, found "${value}"`,
      exit: 2,
    });
  };
  return {
    name: need("Package", /^[a-z0-9][a-z0-9+.-]*$/),
    version: need("Version", /^[A-Za-z0-9.+~:-]+$/),
    architecture: need("Architecture", /^[a-z0-9-]+$/),
    depends: fields.get("Depends") ?? "",
    preDepends: fields.get("Pre-Depends") ?? "",
    provides: fields.get("Provides") ?? "",
    conflicts: fields.get("Conflicts") ?? "",
    breaks: fields.get("Breaks") ?? "",
    filename: need("Filename", /^(?!.*\/\.\.?\/)pool\/[A-Za-z0-9._+~%:/-]+\.deb$/),
    size: Number(need("Size", /^\d{1,12}$/)),
    digest: digestFromHex(need("SHA256", /^[0-9a-f]{64}$/)),
    suite,
  };
}

/** The same version in two suites is kept once, from the first list. */
export function mergeIndices(lists: readonly (readonly IndexedPackage[])[]): PackageIndex {
  const merged = new Map<string, IndexedPackage[]>();
  for (const item of lists.flat()) {
    const known = merged.get(item.name);
    if (known === undefined) merged.set(item.name, [item]);
    else if (!known.some((other) => other.version === item.version)) known.push(item);
  }
  for (const versions of merged.values()) versions.sort((a, b) => compareVersions(b.version, a.version));
  return merged;
}
