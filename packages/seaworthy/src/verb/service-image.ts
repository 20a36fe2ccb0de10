/** What each service starts from: assembled here, or had from a Docker Engine that builds and pulls. */
import type { ContainerImage } from "../engine/container.ts";
import type { Image } from "../oci/image.ts";
import { officialCommand } from "../plan/images/redis-command.ts";
import type { Role } from "../probe/stack/scene.ts";
import type { PhaseHandle } from "../progress/progress.ts";
import type { Account } from "../stack/container.ts";
import type { BuiltImage } from "./build.ts";
import {
  buildByEngine,
  type EngineImage,
  loadIntoEngine,
  pullByEngine,
  storedImage,
} from "./engine-images.ts";
import type { ImageSource } from "./image-source.ts";
import type { Project } from "./project.ts";
import type { VerbIo } from "./verb.ts";

export interface ServiceImage {
  readonly service: string;
  readonly image: ContainerImage;
  /** Users and groups of the image, for a Compose file that names them. */
  readonly accounts: readonly Account[];
  readonly groups: ReadonlyMap<string, number>;
  readonly role: Role;
  readonly origin: "assembled" | "built from its Dockerfile" | "pulled";
  /** What the official image's entrypoint would make of a command; left out where ours has one of its own. */
  readonly command?: (argv: readonly string[]) => readonly string[];
  /** The whole image in our store, for rules and the report. Fetches it when it is not there. */
  stored(): Promise<Image>;
}

/** In the order of the sources. */
export async function serviceImages(
  project: Project,
  sources: readonly ImageSource[],
  assembled: readonly BuiltImage[],
  phase: PhaseHandle,
  io: VerbIo,
): Promise<readonly ServiceImage[]> {
  const images: ServiceImage[] = [];
  for (const source of sources) {
    io.signal.throwIfAborted();
    const built = assembled.find(({ plan }) => plan.service === source.service.name);
    images.push(
      built === undefined
        ? await foreignImage(project, source, phase, io)
        : await assembledImage(project, built, source, phase, io),
    );
  }
  return images;
}

async function assembledImage(
  { host, store }: Project,
  { plan, image }: BuiltImage,
  { service }: ImageSource,
  phase: PhaseHandle,
  io: VerbIo,
): Promise<ServiceImage> {
  phase.update(`${service.name}: ${image.reference}`);
  const { docker } = host;
  // A name that others pull images by is not taken for one of ours.
  const reference = service.build === undefined ? `seaworthy/${image.reference}` : image.reference;
  return {
    service: service.name,
    image:
      docker === undefined ? image : await loadIntoEngine(docker, store, { ...image, reference }, io.signal),
    accounts: plan.accounts.map(({ name, uid, gid }) => ({ name, uid, gid, groups: [] })),
    groups: new Map(plan.accounts.map(({ name, gid }) => [name, gid])),
    role: plan.recipe === "postgres" || plan.recipe === "redis" ? plan.recipe : "app",
    origin: "assembled",
    ...(plan.recipe === "redis" ? { command: officialCommand } : {}),
    stored: () => Promise.resolve(image),
  };
}

async function foreignImage(
  project: Project,
  { service, source }: ImageSource,
  phase: PhaseHandle,
  io: VerbIo,
): Promise<ServiceImage> {
  const { docker } = project.host;
  if (docker === undefined) throw new TypeError(`expected a Docker Engine for ${service.name}, found runc`);
  const place = project.compose.place(["services", service.name]);
  const onProgress = (text: string): void => phase.update(`${service.name}: ${text}`);
  const found: EngineImage =
    source === "dockerfile"
      ? await buildByEngine(docker, project.compose.name, service, { place, onProgress, signal: io.signal })
      : await pullByEngine(docker, service, { place, onProgress, signal: io.signal });
  const { image, accounts, groups } = found;
  return {
    ...{ service: service.name, image, accounts, groups },
    role: roleOf(image),
    origin: source === "dockerfile" ? "built from its Dockerfile" : "pulled",
    stored: () => storedImage(docker, project, image, io.signal),
  };
}

/** By what the official images and their relatives say of themselves. */
export function roleOf({ reference, config }: Pick<ContainerImage, "reference" | "config">): Role {
  const names = [reference, ...config.entrypoint, ...config.command].join(" ");
  const variables = config.env.map(([name]) => name);
  if (variables.includes("PG_MAJOR") || /(?:^|[/ ])postgres(?:[: ]|$)/.test(names)) return "postgres";
  if (variables.includes("REDIS_VERSION") || /(?:^|[/ ])(?:redis|valkey)(?:-server)?(?:[: ]|$)/.test(names))
    return "redis";
  return "app";
}
