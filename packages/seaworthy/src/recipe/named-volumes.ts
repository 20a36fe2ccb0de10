/** Reads the top-level `volumes:`: data that outlives its containers. */
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, valueFault } from "./compose-node.ts";
import { expectMap, expectString, optional } from "./expect.ts";
import { readExternal, readTexts } from "./networks.ts";

export interface ComposeVolume {
  /** Its own name in place of `<project>_<key>`. */
  readonly name: string | undefined;
  /** Made by somebody else. */
  readonly external: boolean;
  readonly driver?: string;
  readonly driverOptions?: ReadonlyMap<string, string>;
  readonly labels?: ReadonlyMap<string, string>;
}

export function readVolume(node: ComposeNode): ComposeVolume {
  if (node.kind === "scalar" && node.value === null) return { name: undefined, external: false };
  const map = expectMap(node);
  checkKeys(map, KEYS.volume);
  const external = optional(map, "external", readExternal);
  const driver = optional(map, "driver", expectString);
  const driverOptions = optional(map, "driver_opts", readTexts);
  const labels = optional(map, "labels", readTexts);
  return {
    name: optional(map, "name", readVolumeName) ?? external?.name,
    external: external !== undefined,
    ...(driver === undefined || driver === "local" ? {} : { driver }),
    ...(driverOptions === undefined ? {} : { driverOptions }),
    ...(labels === undefined ? {} : { labels }),
  };
}

/** It becomes a folder's name. */
function readVolumeName(node: ComposeNode): string {
  const name = expectString(node);
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) {
    throw valueFault(node, "a name of letters, digits, _ . and -");
  }
  return name;
}
