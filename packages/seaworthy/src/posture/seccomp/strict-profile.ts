/** The profile of the strict posture: the default one without what its controls take out. */
import { portableProfile, refusing, refusingFamily } from "./portable.ts";
import type { SeccompProfile } from "./profile.ts";

export const STRICT_CALLS = {
  tracing: ["ptrace", "process_vm_readv", "process_vm_writev"],
  memoryPrograms: ["memfd_create", "memfd_secret"],
  fileHandles: ["name_to_handle_at"],
  specialFiles: ["mknod", "mknodat"],
} as const;

/** Of socket(2), as in the kernel's include/linux/socket.h. */
export const AF_NETLINK = 16;

export function strictProfile(): SeccompProfile {
  return refusingFamily(refusing(portableProfile(), Object.values(STRICT_CALLS).flat()), AF_NETLINK);
}
