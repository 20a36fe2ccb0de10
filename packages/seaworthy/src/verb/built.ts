/** The memory of the last build of each service, for verbs that speak of an image without making it again. */
import { type Digest, digestOf } from "../content/digest.ts";
import type { ContentStore } from "../content/store.ts";
import type { Image } from "../oci/image.ts";
import type { BuiltImage } from "./build.ts";

export async function rememberImage(
  store: ContentStore,
  project: string,
  { plan, image }: BuiltImage,
): Promise<void> {
  await store.remember(keyOf(project, plan.service), JSON.stringify(image));
}

export async function recallImage(
  store: ContentStore,
  project: string,
  service: string,
): Promise<Image | undefined> {
  const memo = await store.recall(keyOf(project, service));
  return memo === undefined ? undefined : (JSON.parse(memo) as Image);
}

function keyOf(project: string, service: string): Digest {
  return digestOf(JSON.stringify(["built image", project, service]));
}
