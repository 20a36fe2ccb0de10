/** The system calls that are allowed only with a capability, on an architecture, or with certain arguments. */
import type { SeccompArgument, SeccompRule } from "./runtime-seccomp.ts";

/** A container that was granted the capability may also make the calls which that capability is about. */
export const BY_CAPABILITY: ReadonlyMap<string, readonly string[]> = new Map([
  ["BPF", ["bpf"]],
  ["DAC_READ_SEARCH", ["open_by_handle_at"]],
  ["PERFMON", ["perf_event_open"]],
  [
    "SYS_ADMIN",
    [
      ...["bpf", "perf_event_open", "lookup_dcookie", "syslog", "fanotify_init", "quotactl", "quotactl_fd"],
      ...["clone", "clone3", "setns", "unshare", "sethostname", "setdomainname"],
      ...["mount", "mount_setattr", "move_mount", "open_tree", "umount", "umount2"],
      ...["fsconfig", "fsmount", "fsopen", "fspick"],
    ],
  ],
  ["SYS_BOOT", ["reboot"]],
  ["SYS_CHROOT", ["chroot"]],
  ["SYSLOG", ["syslog"]],
  ["SYS_MODULE", ["delete_module", "finit_module", "init_module"]],
  ["SYS_NICE", ["get_mempolicy", "mbind", "set_mempolicy", "set_mempolicy_home_node"]],
  ["SYS_PACCT", ["acct"]],
  ["SYS_PTRACE", ["kcmp", "pidfd_getfd", "process_madvise"]],
  ["SYS_RAWIO", ["ioperm", "iopl"]],
  ["SYS_TIME", ["clock_settime", "clock_settime64", "settimeofday", "stime"]],
  ["SYS_TTY_CONFIG", ["vhangup"]],
]);

/** Calls that exist on one architecture and set up the processor for the calling thread alone. */
export const BY_ARCHITECTURE = {
  amd64: ["arch_prctl", "modify_ldt"],
  arm64: [
    "arm_fadvise64_64",
    "arm_sync_file_range",
    "breakpoint",
    "cacheflush",
    "set_tls",
    "sync_file_range2",
  ],
} as const;

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET together. */
const CLONE_NEW_NAMESPACES = 0x7e02_0000;
const ENOSYS = 38;

/** Execution domains: Linux, uname 2.6, their 32-bit machine variants, and "tell me the current one". */
const HARMLESS_PERSONALITIES = [0x0, 0x2_0000, 0x8, 0x2_0008, 0xffff_ffff];

const AF_ALG = 38;
/** AF_IB to AF_MCTP without AF_ALG (38, a way into the kernel's crypto code) and AF_VSOCK (40, a way to the hypervisor). */
const LATER_FAMILIES = [39, 41, 42, 43, 44, 45];

/** Rules that hold for every container. */
export const BY_ARGUMENT: readonly SeccompRule[] = [
  ...HARMLESS_PERSONALITIES.map((value) => allowIf("personality", { index: 0, value, op: "SCMP_CMP_EQ" })),
  allowIf("socket", { index: 0, value: AF_ALG, op: "SCMP_CMP_LT" }),
  ...LATER_FAMILIES.map((value) => allowIf("socket", { index: 0, value, op: "SCMP_CMP_EQ" })),
];

/**
 * Without SYS_ADMIN a process may be cloned, but no namespace. `clone3` takes its flags by pointer, which a filter cannot
 * read: it answers "not implemented", so that C libraries fall back to `clone`.
 */
export const WITHOUT_SYS_ADMIN: readonly SeccompRule[] = [
  allowIf("clone", { index: 0, value: CLONE_NEW_NAMESPACES, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }),
  { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS },
];

function allowIf(name: string, argument: SeccompArgument): SeccompRule {
  return { names: [name], action: "SCMP_ACT_ALLOW", args: [argument] };
}
