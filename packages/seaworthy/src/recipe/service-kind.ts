/** Decides how each service's image comes about: built from a Node project, or assembled from packages. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../fault/fault.ts";
import type { ComposeProject } from "./compose.ts";
import type { ComposeService } from "./compose-service.ts";
import type { PackageImage } from "./package-image.ts";

export type BackingRecipe = "postgres" | "redis";

export type ServiceKind =
  | { readonly kind: "node"; readonly context: string }
  | { readonly kind: "packages"; readonly context: string; readonly image: PackageImage }
  | { readonly kind: "recipe"; readonly recipe: BackingRecipe; readonly major: number };

/** Which major version can be assembled, and from which Debian suite. */
const RECIPES: Readonly<Record<BackingRecipe, { readonly major: number; readonly suite: string }>> = {
  postgres: { major: 15, suite: "bookworm" },
  redis: { major: 8, suite: "trixie" },
};
const AVAILABLE = "postgres:15 and redis:8";

/** @throws Fault `recipe/no-package-json` or `recipe/image`, at the service's line */
export async function serviceKind(project: ComposeProject, service: ComposeService): Promise<ServiceKind> {
  const { build, packageImage } = service;
  if (build === undefined) return recipeOf(project, service);
  if (packageImage !== undefined) return { kind: "packages", context: build.context, image: packageImage };
  try {
    await access(join(build.context, "package.json"));
    return { kind: "node", context: build.context };
  } catch (error) {
    throw new Fault({
      code: "recipe/no-package-json",
      message: `expected a package.json in ${build.context}, from which ${service.name} is built, found none`,
      place: placeOf(project, service, "build"),
      hint: "Point build.context at a Node service, list Debian packages under x-seaworthy.packages, or use a Docker Engine, which builds a Dockerfile.",
      cause: error,
    });
  }
}

function recipeOf(project: ComposeProject, service: ComposeService): ServiceKind {
  const image = service.image ?? "";
  const match = /^(?:docker\.io\/)?(?:library\/)?(postgres|redis)(?::([^@]+))?(@.+)?$/.exec(image);
  const fault = (message: string, hint: string): Fault =>
    new Fault({ code: "recipe/image", message, place: placeOf(project, service, "image"), hint });
  if (match === null) {
    throw fault(
      `expected an image that is built or assembled here, found "${image}"`,
      `Images cannot be pulled with this engine yet. Give ${service.name} a build, or use ${AVAILABLE}.`,
    );
  }
  const recipe: BackingRecipe = match[1] === "postgres" ? "postgres" : "redis";
  const { major, suite } = RECIPES[recipe];
  if (match[3] === undefined && (match[2] === String(major) || match[2] === `${major}-${suite}`)) {
    return { kind: "recipe", recipe, major };
  }
  throw fault(
    `expected ${recipe}:${major}, found "${image}"`,
    `Write ${recipe}:${major}; it is assembled from Debian ${suite}, and no other version, base or digest can be.`,
  );
}

function placeOf(project: ComposeProject, service: ComposeService, key: string): Fault["place"] {
  return project.place(["services", service.name, key]);
}
