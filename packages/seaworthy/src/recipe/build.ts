/** Reads `build:` of a service: what the image is made of, and what the builder of a Dockerfile is told. */
import { resolve } from "node:path";
import { checkKeys, KEYS } from "./compose-keys.ts";
import type { ComposeNode, ComposeWarning } from "./compose-node.ts";
import type { ComposeBuild } from "./compose-service.ts";
import { readPairs } from "./environment.ts";
import { expectBoolean, expectString, optional } from "./expect.ts";
import { ignore } from "./ignored.ts";
import { readTexts } from "./networks.ts";

export function readBuild(node: ComposeNode, warnings: ComposeWarning[]): ComposeBuild {
  if (node.kind !== "map") {
    return {
      context: resolve(node.base, expectString(node)),
      dockerfile: undefined,
      args: new Map(),
      target: undefined,
    };
  }
  checkKeys(node, KEYS.build);
  ignore(
    node,
    ["args", "target"],
    "speaks to a Dockerfile; images that are assembled do not use one",
    warnings,
  );
  ignore(node, BUILDER_ONLY, "is left to the builder's own settings", warnings);
  const labels = optional(node, "labels", readTexts);
  const network = optional(node, "network", expectString);
  return {
    context: resolve(node.base, optional(node, "context", expectString) ?? "."),
    dockerfile: optional(node, "dockerfile", expectString),
    args: optional(node, "args", readPairs) ?? new Map(),
    target: optional(node, "target", expectString),
    ...(labels === undefined ? {} : { labels }),
    ...(network === undefined ? {} : { network }),
    ...(optional(node, "no_cache", expectBoolean) === true ? { noCache: true } : {}),
    ...(optional(node, "pull", expectBoolean) === true ? { pull: true } : {}),
  };
}

/** What makes a build quicker, or describes it to others; what is built stays the same. */
const BUILDER_ONLY = [
  ...[
    "cache_from",
    "cache_to",
    "extra_hosts",
    "platforms",
    "provenance",
    "sbom",
    "shm_size",
    "tags",
    "ulimits",
  ],
];
