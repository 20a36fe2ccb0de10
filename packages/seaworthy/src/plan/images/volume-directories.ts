/** Where a service's volumes are mounted, made its user's own in the image: a new volume begins as the image's folder. */
import { posix } from "node:path";
import type { ComposeService } from "../../recipe/compose-service.ts";
import type { ImageRecipe } from "./image-recipe.ts";

/** Whose they are for a service that runs as root: so that it can be any ordinary user's. */
const ORDINARY = { uid: 10_001, gid: 10_001 };

/** Those in the folder of its code stay as they are: nothing of it is to be written. */
export function withVolumeDirectories(recipe: ImageRecipe, { mounts }: ComposeService): ImageRecipe {
  const [account = ORDINARY] = recipe.accounts;
  const targets = mounts.flatMap((mount) =>
    mount.kind === "scratch" || (mount.kind === "volume" && !mount.readOnly)
      ? [posix.resolve("/", mount.target)]
      : [],
  );
  const isCode = (target: string): boolean => `${target}/`.startsWith(`${recipe.workingDirectory}/`);
  const directories = [...new Set(targets)]
    .filter((target) => target !== "/" && !isCode(target))
    .map((target) => ({
      ...{ path: target.slice(1), mode: 0o755, uid: account.uid, gid: account.gid },
      because: "where a volume is mounted, which the service's user may write to",
    }));
  const paths = directories.map(({ path }) => path);
  return {
    ...recipe,
    directories: [...recipe.directories.filter(({ path }) => !paths.includes(path)), ...directories],
  };
}
