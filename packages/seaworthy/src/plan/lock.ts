/** `seaworthy.lock`: every package and runtime of every image, exact, with no host name in it. */
import { readFile } from "node:fs/promises";
import { isDigest } from "../content/digest.ts";
import type { LockedPackage } from "../debian/locked-package.ts";
import { isMissing } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";
import type { NodePin } from "../npm/node-runtime.ts";

export const LOCK_FILE = "seaworthy.lock";
const LOCK_VERSION = 1;

export interface LockedLayer {
  readonly layer: string;
  readonly packages: readonly LockedPackage[];
}

export interface LockedNode extends NodePin {
  /** The range that was asked for, or `undefined`. */
  readonly range: string | undefined;
  /** Why this version: `newest active LTS`. */
  readonly because: string;
}

export interface LockedImage {
  readonly service: string;
  /** `node`, `packages`, `postgres`, `redis`. */
  readonly recipe: string;
  readonly suite: string;
  /** The question that the packages answer, to see when it changes. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** The archive's own dates, RFC 3339: an older archive is refused when the lock is made anew. */
  readonly releases: Readonly<Record<string, string>>;
  readonly layers: readonly LockedLayer[];
  readonly node?: LockedNode | undefined;
}

export interface Lock {
  readonly lockVersion: 1;
  readonly architecture: "amd64" | "arm64";
  readonly images: readonly LockedImage[];
}

/** @throws Fault `plan/lock-malformed` */
export async function readLock(file: string): Promise<Lock | undefined> {
  try {
    return parseLock(await readFile(file, "utf8"), file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Always the same text for the same lock. */
export function formatLock(lock: Lock): string {
  return `${JSON.stringify(lock, undefined, 2)}\n`;
}

/** Every field that decides what is fetched is checked: a lock comes out of a repository, and may be anybody's. */
export function parseLock(text: string, file: string): Lock {
  const malformed = (what: string): Fault =>
    new Fault({
      code: "plan/lock-malformed",
      message: `expected ${what} in the lock, found something else`,
      place: { file },
      hint: "Restore the file from version control, or remove it and run: seaworthy plan",
    });
  let lock: Lock;
  try {
    lock = JSON.parse(text) as Lock;
  } catch {
    throw malformed("JSON");
  }
  if (lock?.lockVersion !== LOCK_VERSION) throw malformed('"lockVersion": 1');
  if (lock.architecture !== "amd64" && lock.architecture !== "arm64") throw malformed("an architecture");
  if (!Array.isArray(lock.images)) throw malformed("a list of images");
  for (const image of lock.images) {
    const isWhole =
      [image.service, image.recipe, image.suite].every((field) => typeof field === "string") &&
      isTextList(image.include) &&
      isTextList(image.exclude) &&
      isTextRecord(image.releases) &&
      Array.isArray(image.layers);
    if (!isWhole)
      throw malformed("service, recipe, suite, include, exclude, releases and layers of each image");
    if (image.node !== undefined && !isNode(image.node)) throw malformed("a Node version and integrity");
    for (const layer of image.layers) {
      if (typeof layer?.layer !== "string" || !Array.isArray(layer.packages))
        throw malformed("packages of each layer");
      for (const item of layer.packages) {
        if (!isPackage(item)) throw malformed("name, version, digest, size and path of each package");
      }
    }
  }
  return lock;
}

function isPackage(item: LockedPackage): boolean {
  return (
    [item.name, item.version, item.architecture, item.suite, item.because].every(
      (field) => typeof field === "string",
    ) &&
    // A path below the mirror and nothing else: no `..`, no host, no query.
    /^pool\/(?:[A-Za-z0-9+~_:-][A-Za-z0-9.+~_:%-]*\/)+[A-Za-z0-9.+~_:%-]+\.deb$/.test(item.filename) &&
    isDigest(item.digest) &&
    Number.isSafeInteger(item.size) &&
    item.size > 0 &&
    isTextRecord(item.without)
  );
}

function isNode(node: LockedNode): boolean {
  return (
    /^node-linux-(?:x64|arm64)$/.test(node.package) &&
    /^\d+\.\d+\.\d+$/.test(node.version) &&
    /^sha512-[A-Za-z0-9+/=]+$/.test(node.integrity) &&
    typeof node.because === "string" &&
    (node.range === undefined || typeof node.range === "string")
  );
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((item) => typeof item === "string")
  );
}
