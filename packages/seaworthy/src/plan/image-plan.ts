/** One image, decided to the last package: its layers as parts that are not made yet, and its configuration. */
import type { Digest } from "../content/digest.ts";
import type { ImageConfig } from "../oci/image.ts";
import type { Account } from "../rootfs/accounts.ts";
import type { Part } from "../tree/tree.ts";

export interface LayerPlan {
  /** `base`, `runtime`, `dependencies`, `app`. */
  readonly name: string;
  /** The history row. */
  readonly createdBy: string;
  /** The digest of everything that decides the layer. */
  readonly inputs: Digest;
  /** For the app layer this runs the project's build script, once per inputs. */
  parts(): Promise<readonly Part[]>;
}

export interface ImagePlan {
  readonly service: string;
  readonly reference: string;
  /** `node`, `packages`, `postgres`, `redis`. */
  readonly recipe: string;
  /** Whether the user's own code is in it. */
  readonly role: "app" | "backing";
  readonly config: ImageConfig;
  /** Users by name, for a Compose file that names them so. */
  readonly accounts: readonly Account[];
  /** Lowest first. */
  readonly layers: readonly LayerPlan[];
  /** One sentence on what pins it. */
  readonly pinnedBy: string;
  /** Paths under `node_modules` that the npm lock marks as development only. */
  readonly developmentOnly: readonly string[];
  /** npm packages that want to run code when installed, which is not done: they may not work as they are. */
  installScripts(): Promise<readonly string[]>;
  /** In bytes, unpacked. */
  readonly budget: number | undefined;
}
