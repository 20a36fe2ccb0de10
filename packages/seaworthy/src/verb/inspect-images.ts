/** Gives the rules what they look at: each built image, its listings, its files, and what must not be in it. */
import { readFile } from "node:fs/promises";
import type { Finding, SourceLine } from "@seaworthy/evidence";
import { decompress } from "../codec/decompress.ts";
import { hasSum, isSumsFile, parseSums } from "../debian/package-files.ts";
import type { StackService } from "../engine/stack-service.ts";
import { inspectImage } from "../inspect/inspect-image.ts";
import type { InspectedFile, InspectedImage } from "../inspect/rule.ts";
import type { Image } from "../oci/image.ts";
import { readBlob } from "../oci/read-blob.ts";
import { type ListedPath, readListing } from "../rootfs/listing.ts";
import { visiblePaths } from "../rootfs/visible-paths.ts";
import { readTar } from "../tar/read.ts";
import type { Built } from "./build.ts";
import { pinnedBy } from "./pinned-by.ts";
import type { Project } from "./project.ts";
import type { ServiceImage } from "./service-image.ts";

/** What engines look programs up in where an image says nothing. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const MAX_LAYER = 8 * 1024 ** 3;

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
  const listings = await Promise.all(image.layers.map((layer) => readListing(project.store, layer.listing)));
  const paths = visiblePaths(listings);
  const published = new Set(paths.filter(({ reason }) => reason.kind === "debian").map(({ path }) => path));
  return {
    ...{ service, image, secrets, runs },
    role: role === "app" ? "app" : "backing",
    entries: paths.map(({ reason, ...path }) => ({ ...path, origin: reason.origin })),
    files: () =>
      filesOf(
        project,
        image,
        published,
        paths.some(({ path }) => isSumsFile(path)),
      ),
    read: (wanted) => readVisible(project, image, listings, new Set(wanted)),
    developmentOnly: plan?.developmentOnly ?? [],
    budget: plan?.budget,
    pinnedBy: pinnedBy(built, one),
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

/** Each from the last layer that names it; the layers that are the last for none of them are not unpacked. */
async function readVisible(
  project: Project,
  image: Image,
  listings: readonly (readonly ListedPath[])[],
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const visible = new Set(visiblePaths(listings).map(({ path }) => path));
  const named = listings.flatMap((listing, layer) =>
    listing
      .filter(({ path }) => wanted.has(path) && visible.has(path))
      .map(({ path }) => [path, layer] as const),
  );
  const lastOf = new Map(named);
  const found = new Map<string, Uint8Array>();
  for (const index of new Set(lastOf.values())) {
    const layers = image.layers.slice(index, index + 1);
    for await (const [path, content] of regularFiles(project, { layers })) {
      if (lastOf.get(path) === index) found.set(path, content);
    }
  }
  return found;
}

async function* filesOf(
  project: Project,
  image: Image,
  published: ReadonlySet<string>,
  hasSums: boolean,
): AsyncGenerator<InspectedFile> {
  const sums = hasSums ? await sumsOf(project, image) : new Map<string, string>();
  for await (const [path, content] of regularFiles(project, image)) {
    yield { path, content, isPublished: published.has(path) || hasSum(content, sums.get(path)) };
  }
}

async function sumsOf(project: Project, image: Image): Promise<ReadonlyMap<string, string>> {
  const sums = new Map<string, string>();
  for await (const [path, content] of regularFiles(project, image)) {
    if (!isSumsFile(path)) continue;
    for (const [of, sum] of parseSums(Buffer.from(content).toString("utf8"))) sums.set(of, sum);
  }
  return sums;
}

async function* regularFiles(
  project: Project,
  image: Pick<Image, "layers">,
): AsyncGenerator<readonly [string, Uint8Array]> {
  for (const layer of image.layers) {
    for (const entry of readTar(await decompress(await readBlob(project.store, layer), MAX_LAYER))) {
      if (entry.kind === "file") yield [entry.name.replace(/^(?:\.?\/)+/, ""), entry.content];
    }
  }
}

/** Without the line break that editors add. */
async function secretValues(project: Project): Promise<ReadonlyMap<string, Uint8Array>> {
  const values = new Map<string, Uint8Array>();
  for (const [name, { path }] of project.compose.secrets) {
    values.set(name, Buffer.from((await readFile(path, "utf8")).trim()));
  }
  return values;
}
