/** A Debian suite with its security and stable updates, verified, as one archive that answers "what does this need?". */
import { type Digest, digestOf } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import { httpGet } from "../net/http.ts";
import { type Keyring, verifyClearSigned } from "./keyring.ts";
import { type LockedPackage, mirrorOf } from "./locked-package.ts";
import { fetchIndex, indexPath, mergeIndices, type PackageIndex, parseIndex } from "./package-index.ts";
import { parseRelease, type Release } from "./release.ts";
import { type ResolveRequest, resolve } from "./resolve.ts";
import type { Mirrors } from "./sources.ts";

export interface ArchiveOptions {
  /** Debian's code name: `bookworm`, `trixie`. */
  readonly suite: string;
  /** `amd64`, `arm64`. */
  readonly architecture: string;
  readonly mirrors: Mirrors;
  readonly store: ContentStore;
  readonly keyring: Keyring;
  readonly now: Date;
  /** Dates of the releases the lock was made from, by suite: older ones are refused. */
  readonly notBefore?: ReadonlyMap<string, Date>;
  readonly signal?: AbortSignal | undefined;
}

export interface DebianArchive {
  /** What the answers come from; a lock keeps their dates. */
  readonly releases: readonly Release[];
  /** Remembered in the store: the same question to the same indices is answered without reading them again. */
  resolve(request: Omit<ResolveRequest, "architecture">): Promise<readonly LockedPackage[]>;
}

const MAX_RELEASE = 4 * 1024 * 1024;
/** Part of the memo's key: raise it when the same indices would give another answer. */
const RESOLVER_VERSION = 1;

/**
 * Fetches and verifies the InRelease files of the suite, `-security` and `-updates`; indices only when a question needs them.
 * A missing one is an error: leaving security updates out must not be as easy as answering 404.
 * @throws Fault of keyring.ts, release.ts, net/
 */
export async function openArchive(options: ArchiveOptions): Promise<DebianArchive> {
  const { suite, architecture, store } = options;
  const suites = [suite, `${suite}-security`, `${suite}-updates`];
  const releases = await Promise.all(suites.map((name) => fetchRelease(name, options)));
  let loaded: Promise<PackageIndex> | undefined;
  return {
    releases,
    async resolve(request) {
      const whole = { architecture, include: request.include, exclude: request.exclude };
      const key = memoKey(releases, whole);
      const remembered = await store.recall(key);
      if (remembered !== undefined) return JSON.parse(remembered) as readonly LockedPackage[];
      loaded ??= loadIndex(releases, options);
      const packages = resolve(await loaded, whole);
      await store.remember(key, JSON.stringify(packages));
      return packages;
    },
  };
}

async function fetchRelease(suite: string, options: ArchiveOptions): Promise<Release> {
  const { keyring, now, signal } = options;
  const url = `${mirrorOf(suite, options.mirrors)}/dists/${suite}/InRelease`;
  const file = await httpGet(url, { maxBytes: MAX_RELEASE, signal });
  const text = await verifyClearSigned(file, keyring, now, `InRelease of ${suite}`);
  return parseRelease(text, { suite, now, notBefore: options.notBefore?.get(suite) });
}

async function loadIndex(releases: readonly Release[], options: ArchiveOptions): Promise<PackageIndex> {
  const lists = await Promise.all(
    releases.map(async (release) => {
      const { store, signal } = options;
      const mirror = mirrorOf(release.suite, options.mirrors);
      const text = await fetchIndex(release, options.architecture, { store, mirror, signal });
      return parseIndex(text, release.suite);
    }),
  );
  return mergeIndices(lists);
}

function memoKey(releases: readonly Release[], request: ResolveRequest): Digest {
  const indices = releases.map(({ suite, files }) => [
    suite,
    files.get(indexPath(request.architecture))?.digest,
  ]);
  const { architecture, include, exclude } = request;
  const cuts = Object.entries(exclude).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return digestOf(JSON.stringify(["debian resolve", RESOLVER_VERSION, indices, architecture, include, cuts]));
}
