/** The plan of a database's or cache's image: Debian packages and, for PostgreSQL, the entrypoint. */
import { readFile } from "node:fs/promises";
import type { PackageSource } from "../debian/locked-package.ts";
import type { RuleFile } from "../rootfs/rule-files.ts";
import { debianLayers } from "./debian-layers.ts";
import { imageConfig } from "./image-config.ts";
import type { ImagePlan } from "./image-plan.ts";
import type { LockedImage } from "./lock.ts";
import type { ImageRequest } from "./request.ts";

export interface BackingImageOptions {
  readonly request: ImageRequest;
  readonly locked: LockedImage;
  readonly architecture: "amd64" | "arm64";
  readonly debian: PackageSource;
}

const POSTGRES_ENTRYPOINT = new URL("../../data/postgres/docker-entrypoint.sh", import.meta.url);

export async function planBackingImage(options: BackingImageOptions): Promise<ImagePlan> {
  const { request, locked, architecture } = options;
  const { recipe } = request;
  const files = recipe.name === "postgres" ? [await postgresEntrypoint()] : [];
  const packages = locked.layers.flatMap((layer) => layer.packages);
  const main = packages.find(
    ({ because, name }) => because === "listed by the recipe" && name.includes(recipe.name),
  );
  return {
    service: request.service,
    reference: request.reference,
    role: "backing",
    recipe: recipe.name,
    accounts: recipe.accounts,
    config: imageConfig({
      recipe,
      architecture,
      entrypoint: recipe.entrypoint,
      command: recipe.command,
      healthCheck: recipe.healthCheck,
      ports: [],
      labels: [
        ["org.opencontainers.image.title", recipe.name],
        ["org.opencontainers.image.version", main?.version ?? ""],
      ],
    }),
    layers: debianLayers({ recipe, locked, architecture, source: options.debian, files }),
    pinnedBy: `${packages.length} Debian packages by seaworthy.lock`,
    developmentOnly: [],
    installScripts: () => Promise.resolve([]),
    budget: undefined,
  };
}

async function postgresEntrypoint(): Promise<RuleFile> {
  return {
    path: "usr/local/bin/docker-entrypoint.sh",
    mode: 0o755,
    text: await readFile(POSTGRES_ENTRYPOINT, "utf8"),
    because: "makes the database on first start, with the official image's variables",
  };
}
