/** What an engine has that a target may be called, for a shell that completes a word: quick, and silent whatever is wrong. */
import { connectDocker } from "../engine/docker/connect.ts";

const PATIENCE = 1_000;

/** @param kind `container` or `image` */
export async function targetNames(
  env: Readonly<Record<string, string | undefined>>,
  kind: string,
): Promise<readonly string[]> {
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    using client = await connectDocker({ env: { ...env }, patience: PATIENCE, signal });
    if (kind === "image") {
      const images = await client.images.list({ signal });
      return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => !tag.includes("<none>"));
    }
    const containers = await client.containers.list({ all: true, signal });
    return containers.flatMap(({ Names }) => Names.map((name) => name.replace(/^\//, "")));
  } catch {
    return [];
  }
}
