/** Gives the rules what they look at: each built image, its listings, its files, and what must not be in it. */
import { readFile } from "node:fs/promises";
import type { Finding, SourceLine } from "@seaworthy/evidence";
import type { ContentStore } from "../content/store.ts";
import { hasSum, isSumsFile, parseSums } from "../debian/package-files.ts";
import type { StackService } from "../engine/stack-service.ts";
import { inspectImage } from "../inspect/inspect-image.ts";
import type { InspectedFile, InspectedImage } from "../inspect/rule.ts";
import type { Image } from "../oci/image.ts";
import { layerFiles, visibleFiles } from "../rootfs/layer-files.ts";
import { readListing } from "../rootfs/listing.ts";
import { visiblePaths } from "../rootfs/visible-paths.ts";
import type { Built } from "./build.ts";
import { pinnedBy } from "./pinned-by.ts";
import type { Project } from "./project.ts";
import type { ServiceImage } from "./service-image.ts";

/** What engines look programs up in where an image says nothing. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export async function inspectImages(
  built: Built,
  services: readonly StackService[],
  source: (service: string, key: string) => SourceLine,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const secrets = await secretValues(built.project);
  const findings: Finding[] = [];
  for (const one of built.services) {
    signal.throwIfAborted();
    const inspected = await inspectedImage(one, built, secrets, runsOf(one, services));
    findings.push(...(await inspectImage(inspected, (key) => source(one.service, key))));
  }
  return findings;
}

async function inspectedImage(
  one: ServiceImage,
  built: Built,
  secrets: ReadonlyMap<string, Uint8Array>,
  runs: InspectedImage["runs"],
): Promise<InspectedImage> {
  const { service, role, stored } = one;
  const { project, images } = built;
  const plan = images.find((each) => each.plan.service === service)?.plan;
  const image = await stored();
  return {
    ...{ service, image, secrets, runs },
    role: role === "app" ? "app" : "backing",
    ...(await contentsOf(project.store, image)),
    developmentOnly: plan?.developmentOnly ?? [],
    budget: plan?.budget,
    pinnedBy: pinnedBy(built, one),
  };
}

/** What is in an image that the store has. */
export async function contentsOf(
  store: ContentStore,
  image: Image,
): Promise<Pick<InspectedImage, "entries" | "files" | "read">> {
  const listings = await Promise.all(image.layers.map((layer) => readListing(store, layer.listing)));
  const paths = visiblePaths(listings);
  const published = new Set(paths.filter(({ reason }) => reason.kind === "debian").map(({ path }) => path));
  const hasSums = paths.some(({ path }) => isSumsFile(path));
  return {
    entries: paths.map(({ reason, ...path }) => ({ ...path, origin: reason.origin })),
    files: () => filesOf(store, image, published, hasSums),
    read: (wanted) => visibleFiles(store, image.layers, new Set(wanted)),
  };
}

function runsOf(one: ServiceImage, services: readonly StackService[]): InspectedImage["runs"] {
  const service = services.find(({ container }) => container.name === one.service);
  if (service === undefined) throw new TypeError(`expected ${one.service} among the services`);
  const { argv, workingDirectory, env, mounts, user } = service.container;
  return {
    ...{ argv, workingDirectory, user, mounts: mounts.map(({ target }) => target) },
    healthCheck: service.healthCheck?.argv ?? [],
    path: env.get("PATH") ?? DEFAULT_PATH,
  };
}

async function* filesOf(
  store: ContentStore,
  image: Image,
  published: ReadonlySet<string>,
  hasSums: boolean,
): AsyncGenerator<InspectedFile> {
  const sums = hasSums ? await sumsOf(store, image) : new Map<string, string>();
  for await (const [path, content] of layerFiles(store, image.layers)) {
    yield { path, content, isPublished: published.has(path) || hasSum(content, sums.get(path)) };
  }
}

async function sumsOf(store: ContentStore, image: Image): Promise<ReadonlyMap<string, string>> {
  const sums = new Map<string, string>();
  for await (const [path, content] of layerFiles(store, image.layers)) {
    if (!isSumsFile(path)) continue;
    for (const [of, sum] of parseSums(Buffer.from(content).toString("utf8"))) sums.set(of, sum);
  }
  return sums;
}

/** Without the line break that editors add. */
async function secretValues(project: Project): Promise<ReadonlyMap<string, Uint8Array>> {
  const values = new Map<string, Uint8Array>();
  for (const [name, { path }] of project.compose.secrets) {
    values.set(name, Buffer.from((await readFile(path, "utf8")).trim()));
  }
  return values;
}
