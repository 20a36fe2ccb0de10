/** What a stack's supervisor keeps of root's powers: what runc and the stack's networks need, and what a service is given. */
import type { Capability } from "../../engine/container.ts";
import type { StackSpec } from "../stack-spec.ts";

/** Whatever the services ask for: namespaces, mounts, devices, ids, control groups, networks, and ending what runs as others. */
const NEEDED: readonly Capability[] = [
  "CHOWN",
  "DAC_OVERRIDE",
  "DAC_READ_SEARCH",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_ADMIN",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_ADMIN",
  "SYS_CHROOT",
  "SYS_PTRACE",
  "SYS_RESOURCE",
];

/** Sorted. Nobody is given more than the bounding set of who starts them: what is not here is in no container of the stack. */
export function supervisorCapabilities({ services }: Pick<StackSpec, "services">): readonly Capability[] {
  return [...new Set([...NEEDED, ...services.flatMap(({ container }) => container.capabilities)])].toSorted();
}
