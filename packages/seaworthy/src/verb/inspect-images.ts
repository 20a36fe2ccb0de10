/** Gives the rules what they look at: each built image, its listings, its files, and what must not be in it. */
import { readFile } from "node:fs/promises";
import type { Finding, SourceLine } from "@seaworthy/evidence";
import { decompress } from "../codec/decompress.ts";
import { inspectImage } from "../inspect/inspect-image.ts";
import type { InspectedFile, InspectedImage } from "../inspect/rule.ts";
import type { Image } from "../oci/image.ts";
import { readBlob } from "../oci/read-blob.ts";
import { readListing } from "../rootfs/listing.ts";
import { readTar } from "../tar/read.ts";
import type { Built, BuiltImage } from "./build.ts";
import type { Project } from "./project.ts";

const MAX_LAYER = 8 * 1024 ** 3;

export async function inspectImages(
  built: Built,
  source: (service: string, key: string) => SourceLine,
): Promise<readonly Finding[]> {
  const secrets = await secretValues(built.project);
  const findings: Finding[] = [];
  for (const one of built.images) {
    const inspected = await inspectedImage(one, built.project, secrets);
    findings.push(...(await inspectImage(inspected, (key) => source(one.plan.service, key))));
  }
  return findings;
}

async function inspectedImage(
  { plan, image }: BuiltImage,
  project: Project,
  secrets: ReadonlyMap<string, Uint8Array>,
): Promise<InspectedImage> {
  const listings = await Promise.all(image.layers.map((layer) => readListing(project.store, layer.listing)));
  const published = new Set(
    listings
      .flat()
      .filter(({ reason }) => reason.kind === "debian")
      .map(({ path }) => path),
  );
  return {
    service: plan.service,
    image,
    role: plan.role,
    entries: listings
      .flat()
      .map(({ path, kind, mode, size, reason }) => ({ path, kind, mode, size, origin: reason.origin })),
    files: () => filesOf(project, image, published),
    developmentOnly: plan.developmentOnly,
    secrets,
    budget: plan.budget,
    pinnedBy: plan.pinnedBy,
  };
}

async function* filesOf(
  project: Project,
  image: Image,
  published: ReadonlySet<string>,
): AsyncGenerator<InspectedFile> {
  for (const layer of image.layers) {
    for (const entry of readTar(await decompress(await readBlob(project.store, layer), MAX_LAYER))) {
      if (entry.kind === "file") {
        yield { path: entry.name, content: entry.content, isPublished: published.has(entry.name) };
      }
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
