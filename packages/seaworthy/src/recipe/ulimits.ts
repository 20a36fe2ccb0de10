/** Reads `ulimits:`: a number for both limits, or `soft` and `hard`. */

import type { ComposeExtras } from "./compose-extras.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, valueFault } from "./compose-node.ts";
import { expectInteger, expectMap, required } from "./expect.ts";

/** @see {@link https://man7.org/linux/man-pages/man2/getrlimit.2.html} */
const NAMES =
  "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(
    " ",
  );

export function readUlimits(node: ComposeNode): NonNullable<ComposeExtras["ulimits"]> {
  return [...expectMap(node).entries].map(([name, limit]) => {
    if (!NAMES.includes(name)) throw valueFault(limit, `one of ${NAMES.join(", ")}`, `"${name}"`);
    if (limit.kind !== "map") {
      const both = expectInteger(limit, -1);
      return { name, soft: both, hard: both };
    }
    checkKeys(limit, KEYS.ulimit);
    const soft = required(limit, "soft", (value) => expectInteger(value, -1));
    const hard = required(limit, "hard", (value) => expectInteger(value, -1));
    if (hard !== -1 && (soft === -1 || soft > hard))
      throw valueFault(limit, "a soft limit up to the hard one");
    return { name, soft, hard };
  });
}
