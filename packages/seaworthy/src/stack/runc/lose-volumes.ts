/** Takes a service's volumes away, as an engine that lost its disk would: the next start finds them new and empty. */
import { rename } from "node:fs/promises";
import type { Container } from "../../engine/container.ts";
import { isMissing } from "../../fault/errno.ts";

/** What was in them is kept beside, as `<volume>.lost`, until whoever owns the folder removes it. */
export async function loseVolumes({ mounts }: Container): Promise<void> {
  for (const mount of mounts) {
    if (mount.kind !== "volume" || mount.readOnly) continue;
    await rename(mount.source, `${mount.source}.lost`).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }
}
