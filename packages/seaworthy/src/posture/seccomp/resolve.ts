/** The default seccomp profile for one container: what it may call depends on its capabilities and its processor. */
import type { Capability } from "../../engine/container.ts";
import { ALLOWED } from "./allowed.ts";
import { BY_ARCHITECTURE, BY_ARGUMENT, BY_CAPABILITY, WITHOUT_SYS_ADMIN } from "./conditional.ts";
import type { RuntimeSeccomp } from "./runtime-seccomp.ts";

export interface SeccompSubject {
  /** The bounding set, without the `CAP_` prefix. */
  readonly capabilities: readonly Capability[];
  readonly architecture: "amd64" | "arm64";
}

const EPERM = 1;

/** The native entry points and the 32-bit ones beside them; any other kills the process. */
const ENTRY_POINTS = {
  amd64: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  arm64: ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
} as const;

/**
 * Equal in effect to the default profile of Docker Engine 26.1.5 on Linux 4.8 or newer, but for `socket`: AF_ALG is refused
 * as Docker does since 29.4.2, and so are families that do not exist, also when the unused upper half of the argument
 * is set to slip past a comparison.
 */
export function resolveSeccomp(subject: SeccompSubject): RuntimeSeccomp {
  const names = new Set<string>([
    ...ALLOWED.flatMap((group) => group.names),
    ...BY_ARCHITECTURE[subject.architecture],
    ...subject.capabilities.flatMap((capability) => BY_CAPABILITY.get(capability) ?? []),
  ]);
  return {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: EPERM,
    architectures: ENTRY_POINTS[subject.architecture],
    syscalls: [
      { names: [...names].toSorted(), action: "SCMP_ACT_ALLOW" },
      ...BY_ARGUMENT,
      ...(subject.capabilities.includes("SYS_ADMIN") ? [] : WITHOUT_SYS_ADMIN),
    ],
  };
}
