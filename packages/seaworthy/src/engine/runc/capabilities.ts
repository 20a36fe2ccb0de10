/** The kernel's capabilities by number, to read the bit sets of `/proc/<pid>/status`. */
import type { Capability } from "../container.ts";

/** In the order of linux/capability.h. */
const NAMES: readonly Capability[] = [
  ...["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"],
  ...[
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
  ],
  ...[
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
  ],
  ...[
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
  ],
  ...["MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF"],
  "CHECKPOINT_RESTORE",
];

/** @param mask hexadecimal, as after `CapBnd:`; bits without a name here are left out */
export function capabilitiesOf(mask: string): readonly Capability[] {
  const bits = BigInt(`0x${mask}`);
  return NAMES.filter((_, index) => ((bits >> BigInt(index)) & 1n) === 1n);
}

/** The bit that stands for it. */
export function capabilityNumber(name: Capability): number {
  return NAMES.indexOf(name);
}

/** @param last the highest number the kernel knows: `/proc/sys/kernel/cap_last_cap` */
export function allCapabilities(last: number): readonly Capability[] {
  return NAMES.slice(0, last + 1);
}

/**
 * The most a process with this `/proc/<pid>/status` can give to a child: what it holds and what bounds it.
 * @throws TypeError when the text has no capability lines
 */
export function grantableCapabilities(status: string): readonly Capability[] {
  const permitted = capabilitiesOf(field(status, "CapPrm"));
  return capabilitiesOf(field(status, "CapBnd")).filter((name) => permitted.includes(name));
}

function field(status: string, name: string): string {
  const mask = new RegExp(`^${name}:\\s*([0-9a-f]+)$`, "m").exec(status)?.[1];
  if (mask === undefined) throw new TypeError(`expected a line "${name}" in /proc/self/status, found none`);
  return mask;
}
