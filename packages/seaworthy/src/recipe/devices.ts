/** Reads `devices:`: `/dev/ttyUSB0:/dev/ttyUSB0:rw`, or the long form. */

import type { ComposeExtras } from "./compose-extras.ts";
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, unsupported, valueFault } from "./compose-node.ts";
import { expectString, optional, required } from "./expect.ts";

type Device = NonNullable<ComposeExtras["devices"]>[number];

const ALL = "rwm";

export function readDevice(node: ComposeNode): Device {
  if (node.kind === "map") {
    checkKeys(node, KEYS.device);
    const source = required(node, "source", expectString);
    return device(
      node,
      source,
      optional(node, "target", expectString) ?? source,
      optional(node, "permissions", expectString) ?? ALL,
    );
  }
  const [source = "", second, third, ...more] = expectString(node).split(":");
  if (more.length > 0) throw valueFault(node, 'like "/dev/ttyUSB0:/dev/ttyUSB0:rw"');
  const isTarget = second?.startsWith("/") === true;
  return device(node, source, isTarget ? second : source, third ?? (isTarget ? undefined : second) ?? ALL);
}

function device(node: ComposeNode, source: string, target: string, permissions: string): Device {
  if (!source.startsWith("/")) {
    throw unsupported(
      node,
      `the device "${source}"`,
      "Name a path below /dev; a CDI device is not known here.",
    );
  }
  if (!/^[rwm]{1,3}$/.test(permissions))
    throw valueFault(node, "a device with permissions out of r, w and m");
  return { source, target, permissions };
}
