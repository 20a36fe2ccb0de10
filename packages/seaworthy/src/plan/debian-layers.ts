/** The layers of an image that come from Debian packages, with the rules that stand in for maintainer scripts. */
import { digestOf } from "../content/digest.ts";
import { caBundle } from "../debian/ca-certificates.ts";
import { fetchPackage, type LockedPackage, type PackageSource } from "../debian/locked-package.ts";
import { packagePart } from "../debian/package-part.ts";
import { runLink } from "../debian/run-link.ts";
import { usrMergeLinks } from "../debian/usr-merge.ts";
import { accountsPart } from "../rootfs/accounts.ts";
import { directoriesPart, STANDARD_DIRECTORIES } from "../rootfs/directories.ts";
import { NSSWITCH, type RuleFile, ruleFilesPart } from "../rootfs/rule-files.ts";
import type { Part } from "../tree/tree.ts";
import type { LayerPlan } from "./image-plan.ts";
import type { ImageRecipe } from "./images/image-recipe.ts";
import type { LockedImage } from "./lock.ts";

export interface DebianLayersOptions {
  readonly recipe: ImageRecipe;
  readonly locked: LockedImage;
  readonly architecture: "amd64" | "arm64";
  readonly source: PackageSource;
  /** Files that the recipe adds to its last layer. */
  readonly files: readonly RuleFile[];
}

/**
 * Lowest first. The first layer is the same for every image of a suite with the same packages: what only this image
 * needs (accounts, directories, files of the recipe) lies in the last.
 */
export function debianLayers({
  recipe,
  locked,
  architecture,
  source,
  files,
}: DebianLayersOptions): readonly LayerPlan[] {
  const fetch = (item: LockedPackage): Promise<Uint8Array> => fetchPackage(item, source);
  const last = locked.layers.length - 1;
  return locked.layers.map(({ layer, packages }, index) => {
    const parts: Part[] = packages.map((item) =>
      packagePart(item, { fetch, excludePaths: recipe.excludePaths }),
    );
    if (index === 0) {
      parts.unshift(
        usrMergeLinks(architecture),
        runLink,
        directoriesPart(STANDARD_DIRECTORIES),
        ruleFilesPart("names", [NSSWITCH]),
      );
    }
    const certificates = packages.find(({ name }) => name === "ca-certificates");
    if (certificates !== undefined) parts.push(caBundle(certificates, fetch));
    if (index === last) {
      parts.push(accountsPart(recipe.accounts), directoriesOf(recipe));
      if (files.length > 0) parts.push(ruleFilesPart(recipe.name, files));
    }
    return plannedLayer(layer, `seaworthy: ${packages.length} packages of Debian ${recipe.suite}`, parts);
  });
}

function directoriesOf(recipe: ImageRecipe): Part {
  return { ...directoriesPart(recipe.directories), name: `rule/${recipe.name}-directories` };
}

/** A layer whose parts are known before anything is fetched. */
export function plannedLayer(name: string, createdBy: string, parts: readonly Part[]): LayerPlan {
  return {
    name,
    createdBy,
    inputs: digestOf(JSON.stringify([name, createdBy, parts.map((part) => [part.name, part.key])])),
    parts: () => Promise.resolve(parts),
  };
}
