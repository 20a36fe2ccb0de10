/** What goes into an image besides the user's code, as data: packages, accounts, directories, configuration. */
import type { ImageConfig } from "../../oci/image.ts";
import type { Account } from "../../rootfs/accounts.ts";
import type { RequiredDirectory } from "../../rootfs/directories.ts";

/** One layer made of Debian packages. */
export interface RecipePackages {
  readonly layer: string;
  readonly include: readonly string[];
}

/** With the configuration of the image, save for what the machine and the user's project add. */
export interface ImageRecipe extends Omit<ImageConfig, "architecture" | "labels" | "created"> {
  /** `node`, `packages`, `postgres`, `redis`. */
  readonly name: string;
  /** Debian's code name of the suite that everything comes from. */
  readonly suite: string;
  /** Layers of packages, lowest first; a package that two need lies in the lower one. */
  readonly packages: readonly RecipePackages[];
  /** Dependencies cut off on purpose, each with the reason a reader of the lock will ask for. */
  readonly exclude: Readonly<Record<string, string>>;
  /** Paths of included packages that the service never opens, as globs relative to the root. */
  readonly excludePaths: readonly string[];
  readonly accounts: readonly Account[];
  readonly directories: readonly RequiredDirectory[];
}
