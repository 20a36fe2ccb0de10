/** What keeps a service's image the same tomorrow: the lock it was assembled by, or the digest it is pulled by. */
import type { Built } from "./build.ts";
import type { ServiceImage } from "./service-image.ts";

type Named = Pick<ServiceImage, "service" | "origin"> & { readonly image: { readonly reference: string } };

/** In words; `undefined` when another image may come under the same name. */
export function pinnedBy(
  { images }: Pick<Built, "images">,
  { service, origin, image }: Named,
): string | undefined {
  const plan = images.find((one) => one.plan.service === service)?.plan;
  return plan?.pinnedBy ?? (origin === "pulled" ? digestIn(image.reference) : undefined);
}

/** An engine refuses what has another digest, whatever tag stands beside it. */
export function digestIn(reference: string): string | undefined {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1];
  return digest === undefined ? undefined : `${digest} in its name`;
}
