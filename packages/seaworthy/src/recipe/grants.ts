/** Reads a service's `secrets:` and `configs:`: which file it gets, and where. */
import { posix } from "node:path";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type ComposeWarning, valueFault } from "./compose-node.ts";
import { expectList, expectString, expectText, optional, required } from "./expect.ts";

export interface ComposeGrant {
  readonly kind: "secret" | "config";
  /** A key of the top-level `secrets` or `configs`. */
  readonly source: string;
  /** Absolute, in the container. */
  readonly target: string;
}

/** Where a relative target lies, and a missing one is named after its source. */
const HOME = { secret: "/run/secrets", config: "/" } as const;

export function readGrants(
  node: ComposeNode,
  kind: ComposeGrant["kind"],
  warnings: ComposeWarning[],
): readonly ComposeGrant[] {
  return expectList(node).items.map((item) => {
    if (item.kind !== "map") return grant(expectString(item), undefined, kind, item);
    checkKeys(item, KEYS.grant);
    for (const key of ["uid", "gid", "mode"]) {
      const ignored = item.entries.get(key);
      if (ignored === undefined) continue;
      expectText(ignored);
      warnings.push({
        code: "compose/ignored-key",
        message: `${ignored.key} has no effect on a ${kind} that is a file, as with Docker; its own mode counts`,
        place: ignored.place,
      });
    }
    return grant(required(item, "source", expectString), optional(item, "target", expectString), kind, item);
  });
}

function grant(
  source: string,
  target: string | undefined,
  kind: ComposeGrant["kind"],
  node: ComposeNode,
): ComposeGrant {
  const path = posix.resolve(HOME[kind], target ?? source);
  if (path === "/" || target?.split("/").includes("..")) throw valueFault(node, "granted as a file", target);
  return { kind, source, target: path };
}
