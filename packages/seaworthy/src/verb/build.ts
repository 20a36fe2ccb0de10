/** `build`: the images of a project, into the store and, when asked, into a layout or an archive. */
import { resolve } from "node:path";
import { buildImage } from "../build/build-image.ts";
import { type Digest, digestOf } from "../content/digest.ts";
import { Fault } from "../fault/fault.ts";
import { writeDockerArchive } from "../oci/docker-archive.ts";
import type { Image } from "../oci/image.ts";
import { writeOciLayout } from "../oci/layout-write.ts";
import type { ImagePlan } from "../plan/image-plan.ts";
import { inPhase } from "../progress/progress.ts";
import { type Planned, type PlanOptions, plan } from "./plan.ts";
import { type ServiceImage, serviceImages } from "./service-image.ts";
import type { VerbIo } from "./verb.ts";

export interface BuildOptions extends PlanOptions {
  /** One service instead of all. */
  readonly service?: string | undefined;
  /** `oci:DIR` or `docker-archive:FILE`; needs one service, or a project that builds one. */
  readonly output?: string | undefined;
}

export interface BuiltImage {
  readonly plan: ImagePlan;
  readonly image: Image;
}

export interface Built extends Planned {
  /** Those that were assembled. */
  readonly images: readonly BuiltImage[];
  /** What each service starts from, in the Compose file's order. */
  readonly services: readonly ServiceImage[];
  /** Of all that decides the images. */
  readonly digest: Digest;
}

const MEGABYTE = 1_000_000;

/** @throws Fault `build/service`, `build/output`, and those of plan.ts and of the parts */
export async function build(options: BuildOptions, io: VerbIo): Promise<Built> {
  const output = parseOutput(options.output);
  const planned = await plan(options, io);
  const wanted = chooseServices(planned, options);
  const { images, services } = await inPhase(io.progress, "build", async (phase) => {
    const { store } = planned.project;
    const built: BuiltImage[] = [];
    for (const image of wanted) {
      const onPart = (layer: string, part: string): void =>
        phase.update(`${image.service}: ${layer}: ${part}`);
      phase.update(image.service);
      for (const name of await image.installScripts()) {
        io.warn(
          `${name} wants to run code when it is installed, which is not done: it may not work as it is`,
        );
      }
      io.signal.throwIfAborted();
      built.push({ plan: image, image: await buildImage(store, image, { onPart }) });
    }
    const one = chosenService(planned, options);
    const sources = planned.sources.filter(({ service }) => one === undefined || service.name === one);
    const services = await serviceImages(planned.project, sources, built, phase, io);
    const sizes = built.map(
      ({ image }) => `${image.reference} ${(unpacked(image) / MEGABYTE).toFixed(1)} MB`,
    );
    const others = services.filter(({ origin }) => origin !== "assembled");
    const foreign = others.map(({ image, origin }) => `${image.reference} ${origin}`);
    return { value: { images: built, services }, summary: [...sizes, ...foreign].join(", ") };
  });
  const [only] = images;
  if (output !== undefined && only !== undefined) {
    const write = output.kind === "oci" ? writeOciLayout : writeDockerArchive;
    await write(planned.project.store, only.image, output.path);
  }
  return { ...planned, images, services, digest: digestOfAll(planned, services) };
}

function digestOfAll({ plan: { digest } }: Planned, services: readonly ServiceImage[]): Digest {
  const foreign = services.filter(({ origin }) => origin !== "assembled");
  if (foreign.length === 0) return digest;
  return digestOf(
    JSON.stringify([digest, foreign.map(({ service, image }) => [service, image.manifest.digest])]),
  );
}

/** In bytes, without what tar adds. */
export function unpacked(image: Image): number {
  return image.layers.reduce((sum, layer) => sum + layer.unpackedSize, 0);
}

/** An archive holds one image: the one that the project builds, unless another is named. All services when `undefined`. */
function chosenService(
  { plan }: Pick<Planned, "plan">,
  { service, output }: Pick<BuildOptions, "service" | "output">,
): string | undefined {
  if (service !== undefined || output === undefined) return service;
  return plan.images.find((image) => image.role === "app")?.service ?? "";
}

function chooseServices(
  { plan, sources }: Pick<Planned, "plan" | "sources">,
  { service, output }: BuildOptions,
): readonly ImagePlan[] {
  const images = plan.images.filter((image) =>
    sources.some((one) => one.service.name === image.service && one.source === "assemble"),
  );
  const chosen = chosenService({ plan }, { service, output });
  if (chosen === undefined) return images;
  const found = images.filter((image) => image.service === chosen);
  const isForeign = sources.some((one) => one.service.name === service && one.source !== "assemble");
  if (found.length > 0 || (isForeign && output === undefined)) return found;
  throw new Fault({
    code: "build/service",
    message: `expected one of the services ${sources.map((one) => one.service.name).join(", ")}, found "${chosen}"`,
  });
}

function parseOutput(
  text: string | undefined,
): { readonly kind: "oci" | "docker-archive"; readonly path: string } | undefined {
  if (text === undefined) return undefined;
  const [, kind, path] = /^(oci|docker-archive):(.+)$/.exec(text) ?? [];
  if (path !== undefined) return { kind: kind === "oci" ? "oci" : "docker-archive", path: resolve(path) };
  throw new Fault({
    code: "build/output",
    message: `expected oci:DIRECTORY or docker-archive:FILE, found "${text}"`,
    hint: "For example: seaworthy build -o docker-archive:myapp.tar",
  });
}
