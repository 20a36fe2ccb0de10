/** Where a path of an image really is: links on the way to it are followed as a container would, inside the image. */
import { posix } from "node:path";
import type { InspectedEntry } from "./rule.ts";

/** As many as the kernel follows (path_resolution(7)). */
const MOST_LINKS = 40;

/**
 * @returns a function from an absolute path to the entries' own form, `usr/bin/node`; whether anything is there is not
 *   asked. `undefined` for a circle of links, and behind one whose target is not known.
 */
export function realPathIn(entries: readonly InspectedEntry[]): (path: string) => string | undefined {
  const links = new Map(
    entries.flatMap(({ path, kind, target }) => (kind === "symlink" ? [[path, target] as const] : [])),
  );
  return (path) => {
    let done: readonly string[] = [];
    let rest = partsOf(posix.resolve("/", path));
    for (let followed = 0; ; ) {
      const [next, ...after] = rest;
      if (next === undefined) return done.join("/");
      rest = after;
      const here = next === ".." ? done.slice(0, -1) : [...done, next];
      if (!links.has(here.join("/"))) {
        done = here;
        continue;
      }
      const target = links.get(here.join("/"));
      followed += 1;
      if (target === undefined || followed > MOST_LINKS) return undefined;
      if (target.startsWith("/")) done = [];
      rest = [...partsOf(target), ...rest];
    }
  };
}

function partsOf(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}
