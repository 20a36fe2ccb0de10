/** `why`: for a path of an image, what put it there. */
import { Fault } from "../fault/fault.ts";
import { type ListedPath, readListing } from "../rootfs/listing.ts";
import { cleanPath } from "../rootfs/path.ts";
import { type BuildOptions, build } from "./build.ts";
import type { VerbIo } from "./verb.ts";

export interface WhyOptions extends BuildOptions {
  /** In the image; a leading slash may be left out. `undefined` asks for every path. */
  readonly path?: string | undefined;
}

export interface WhyAnswer extends ListedPath {
  readonly layer: string;
}

/**
 * The path, or everything under it when it is a directory with no other origin than what lies in it.
 * @throws Fault `why/no-path` when the image has no such path
 */
export async function why(options: WhyOptions, io: VerbIo): Promise<readonly WhyAnswer[]> {
  const { services, project } = await build(options, io);
  await using _ = project.host;
  const chosen = services.find(({ service, role }) =>
    options.service === undefined ? role === "app" : service === options.service,
  );
  const image = await (chosen ?? services[0])?.stored();
  if (image === undefined) throw new TypeError("expected a built image, found none");
  const answers: WhyAnswer[] = [];
  for (const layer of image.layers) {
    for (const path of await readListing(project.store, layer.listing))
      answers.push({ ...path, layer: layer.name });
  }
  if (options.path === undefined) return answers;
  const wanted = cleanPath(options.path, "the command line");
  const found = answers.filter(({ path }) => path === wanted);
  if (found.length > 0) return found;
  throw new Fault({
    code: "why/no-path",
    message: `expected a path of ${image.reference}, found no /${wanted} in it`,
    hint: "List all paths with: seaworthy why",
  });
}
