/** Makes a lock: asks Debian's signed archive and the npm registry what the recipes need today. */
import type { DebianArchive } from "../debian/archive.ts";
import type { LockedPackage } from "../debian/locked-package.ts";
import { chooseNode } from "../npm/node-runtime.ts";
import type { Registry } from "../npm/registry.ts";
import type { Lock, LockedImage, LockedLayer, LockedNode } from "./lock.ts";
import type { ImageRequest } from "./request.ts";

export interface LockSources {
  readonly architecture: "amd64" | "arm64";
  /** Opened once a suite. */
  archive(suite: string): Promise<DebianArchive>;
  registry(directory: string): Promise<Registry>;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
  /** Told what is being asked: `Debian trixie for app`. */
  readonly onStep?: (text: string) => void;
}

/** @throws Fault of debian/archive.ts, debian/resolve.ts and npm/node-runtime.ts */
export async function resolveLock(requests: readonly ImageRequest[], sources: LockSources): Promise<Lock> {
  const images: LockedImage[] = [];
  for (const request of requests) {
    sources.onStep?.(`Debian ${request.recipe.suite} for ${request.service}`);
    images.push(await resolveImage(request, sources));
  }
  return { lockVersion: 1, architecture: sources.architecture, images };
}

async function resolveImage(request: ImageRequest, sources: LockSources): Promise<LockedImage> {
  const { recipe } = request;
  const archive = await sources.archive(recipe.suite);
  return {
    service: request.service,
    recipe: recipe.name,
    suite: recipe.suite,
    include: recipe.packages.flatMap((layer) => layer.include),
    exclude: Object.keys(recipe.exclude),
    releases: Object.fromEntries(archive.releases.map(({ suite, date }) => [suite, date.toISOString()])),
    layers: await resolveLayers(request, archive),
    ...(request.node === undefined ? {} : { node: await resolveNode(request.node, sources) }),
  };
}

/** What a lower layer needs lies in it; the next holds only what it adds. */
async function resolveLayers(
  { recipe }: ImageRequest,
  archive: DebianArchive,
): Promise<readonly LockedLayer[]> {
  const layers: LockedLayer[] = [];
  const below = new Set<string>();
  const include: string[] = [];
  for (const { layer, include: added } of recipe.packages) {
    include.push(...added);
    const closure: readonly LockedPackage[] = await archive.resolve({ include, exclude: recipe.exclude });
    layers.push({ layer, packages: closure.filter(({ name }) => !below.has(name)) });
    for (const { name } of closure) below.add(name);
  }
  return layers;
}

async function resolveNode(
  node: NonNullable<ImageRequest["node"]>,
  sources: LockSources,
): Promise<LockedNode> {
  const { pin, because } = await chooseNode({
    request: node.runtime,
    architecture: sources.architecture === "amd64" ? "x64" : "arm64",
    date: sources.now.toISOString(),
    registry: await sources.registry(node.project.directory),
    signal: sources.signal,
  });
  return { ...pin, range: node.runtime.range, because };
}
