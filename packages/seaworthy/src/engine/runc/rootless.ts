/** What an ordinary user's containers need: a user namespace that maps the one id the user has, and ways into it. */

import { readFileSync } from "node:fs";
import { hasAllIds, mapsOneId } from "../../oci/host-ids.ts";
import type { StartOptions } from "../engine.ts";

/** Whether containers are made without root of the host: by an ordinary user, or by uid 0 of its one-id namespace. */
export function isRootless(): boolean {
  return !hasAllIds();
}

/** Whether this process is uid 0 of such a namespace already, as a stack's supervisor is. */
function isInside(): boolean {
  return process.geteuid?.() === 0 && mapsOneId(readFileSync("/proc/self/uid_map", "utf8"));
}

/** Slave propagation: what the host unmounts goes from here too, what is mounted here stays here. */
const PRIVATE_MOUNTS = ["--mount", "--propagation", "slave", "--"];

/**
 * The command before the mount script. A network that is joined belongs to a user namespace, that of the process
 * whose `/proc/<pid>/ns/net` it is; only from there can it be joined.
 */
export function enterMounts(network: StartOptions["network"]): readonly string[] {
  if (!isRootless() || isInside()) return ["unshare", ...PRIVATE_MOUNTS];
  if (network.kind !== "join") return ["unshare", "--user", "--map-root-user", ...PRIVATE_MOUNTS];
  const owner = network.network.replace(/\/net$/, "/user");
  return ["nsenter", `--user=${owner}`, "--preserve-credentials", "--", "unshare", ...PRIVATE_MOUNTS];
}

/** The command before a later call of the runtime: it must see what its first call saw. */
export function joinRunner(pid: number): readonly string[] {
  if (!isRootless()) return [];
  const user = isInside() ? [] : ["--user", "--preserve-credentials"];
  return ["nsenter", "--target", String(pid), ...user, "--mount", "--"];
}

/** Why each of these cannot be enforced, or given, without root. */
export const UNABLE: ReadonlyMap<string, string> = new Map([
  ...["memory", "pids", "cpus"].map((limit): [string, string] => [
    limit,
    "an ordinary user has no control group to set limits in",
  ]),
  ["groups", "a namespace with one group id refuses setgroups(2)"],
  ["owners", "every file of the image belongs to the container's user: no other id is mapped"],
]);
