/** Reads the top-level `volumes:`: data that outlives its containers. */
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, unsupported, valueFault } from "./compose-node.ts";
import { expectMap, expectString, optional } from "./expect.ts";

export interface ComposeVolume {
  /** Its own name in place of `<project>_<key>`. */
  readonly name: string | undefined;
}

export function readVolume(node: ComposeNode): ComposeVolume {
  if (node.kind === "scalar" && node.value === null) return { name: undefined };
  const map = expectMap(node);
  checkKeys(map, KEYS.volume);
  optional(map, "driver", (driver) => {
    if (expectString(driver) !== "local") throw unsupported(driver, "a volume driver", "Leave it out.");
  });
  return { name: optional(map, "name", readVolumeName) };
}

/** It becomes a folder's name. */
function readVolumeName(node: ComposeNode): string {
  const name = expectString(node);
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) {
    throw valueFault(node, "a name of letters, digits, _ . and -");
  }
  return name;
}
