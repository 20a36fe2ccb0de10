/** A Debian package as the lock pins it, and the one way to its bytes: by digest and size, from the store or the mirror. */
import { type Digest, digestOf } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import { Fault } from "../fault/fault.ts";
import { httpGet } from "../net/http.ts";
import type { Mirrors } from "./sources.ts";

/** Plain data, fit for JSON; names no host. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly suite: string;
  /** Below the mirror: `pool/main/g/glibc/libc6_2.41-12_amd64.deb`. */
  readonly filename: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  /** Which package or recipe asked for it: `needed by libstdc++6`. */
  readonly because: string;
  /** Dependencies cut off on purpose, each with the reason. */
  readonly without: Readonly<Record<string, string>>;
}

export interface PackageSource {
  readonly store: ContentStore;
  /** Asked only when something must be fetched: with a full store no mirror is needed. */
  readonly mirrors: () => Promise<Mirrors>;
  readonly signal?: AbortSignal | undefined;
}

/** The mirror of the two that serves a suite. */
export function mirrorOf(suite: string, mirrors: Mirrors): string {
  return suite.endsWith("-security") ? mirrors.security : mirrors.main;
}

/**
 * The .deb, whose digest and size are the lock's. A copy in the store that was altered is fetched anew.
 * @throws Fault `debian/package-digest`, `debian/package-gone`, `net/*`
 */
export async function fetchPackage(locked: LockedPackage, source: PackageSource): Promise<Uint8Array> {
  const cached = await source.store.read(locked.digest);
  if (cached?.length === locked.size) return cached;
  const mirror = mirrorOf(locked.suite, await source.mirrors());
  const fetched = await download(`${mirror}/${locked.filename}`, locked, source.signal);
  const found = digestOf(fetched);
  if (found !== locked.digest || fetched.length !== locked.size) {
    throw new Fault({
      code: "debian/package-digest",
      message:
        `expected ${locked.name} ${locked.version} to be ${locked.size} bytes with digest ${locked.digest}, ` +
        `found ${fetched.length} bytes with ${found}`,
      hint: "The package was altered on the mirror or on its way here; nothing of it was used. Try another mirror.",
      exit: 2,
    });
  }
  await source.store.write(fetched, locked.digest);
  return fetched;
}

async function download(
  url: string,
  locked: LockedPackage,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    return await httpGet(url, { maxBytes: locked.size, signal });
  } catch (error) {
    if (!(error instanceof Fault && error.code === "net/status" && /\b(404|410)$/.test(error.message)))
      throw error;
    throw new Fault({
      code: "debian/package-gone",
      message: `expected the mirror to have ${locked.name} ${locked.version} of ${locked.suite}, which the lock names, but it has dropped that version`,
      place: { file: "seaworthy.lock" },
      hint: "Run `seaworthy plan --update` to lock the version that replaced it, or choose a mirror that keeps old versions.",
      exit: 2,
      cause: error,
    });
  }
}
