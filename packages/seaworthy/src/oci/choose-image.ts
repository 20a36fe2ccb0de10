/** Which image of several is meant. */
import { Fault } from "../fault/fault.ts";

/**
 * The images of that name, or those of the only name there is: more than one only where several have it.
 * @param wanted a tag, or a whole name with its tag; `undefined` where nobody said
 * @param where they are, as the user named it
 * @throws Fault `oci/which-image` when none has that name, or nobody said which of several
 */
export function imagesOf<T>(
  images: readonly { readonly names: readonly string[]; readonly image: T }[],
  wanted: string | undefined,
  where: string,
): readonly T[] {
  const isMeant = (name: string): boolean =>
    name === wanted || name.endsWith(`:${wanted}`) || name.endsWith(`/${wanted}`);
  const meant = images.filter(({ names }) => wanted === undefined || names.some(isMeant));
  const different = new Set(meant.map(({ names }) => names[0]));
  if (different.size === 1) return meant.map(({ image }) => image);
  const known = images.map(({ names }) => names[0] ?? "one without a name");
  const [first = ""] = images.flatMap(({ names }) => names.slice(0, 1));
  throw new Fault({
    code: "oci/which-image",
    message: `expected ${wanted === undefined ? "one image" : `an image ${wanted}`} in ${where}, found ${[...new Set(known)].join(", ") || "none"}`,
    hint: first === "" ? undefined : `Name it after a colon: ${where}:${first}`,
  });
}
