/**
 * Numbers and names of the kernel's interface on x86-64: system calls from arch/x86/entry/syscalls/syscall_64.tbl, those of
 * 32-bit programs from syscall_32.tbl, errno.h.
 */

export const SYSCALLS = {
  read: 0,
  write: 1,
  open: 2,
  close: 3,
  mmap: 9,
  mincore: 27,
  shmget: 29,
  getpid: 39,
  socket: 41,
  connect: 42,
  bind: 49,
  listen: 50,
  fork: 57,
  vfork: 58,
  execve: 59,
  semget: 64,
  msgget: 68,
  flock: 73,
  unlink: 87,
  readlink: 89,
  fchown: 93,
  ptrace: 101,
  getuid: 102,
  getgid: 104,
  setuid: 105,
  geteuid: 107,
  getegid: 108,
  getgroups: 115,
  setgroups: 116,
  mknod: 133,
  personality: 135,
  getpriority: 140,
  sched_setscheduler: 144,
  munlock: 150,
  prctl: 157,
  chroot: 161,
  settimeofday: 164,
  mount: 165,
  quotactl: 179,
  setxattr: 188,
  io_setup: 206,
  timer_create: 222,
  mq_unlink: 241,
  add_key: 248,
  keyctl: 250,
  ioprio_get: 252,
  inotify_add_watch: 254,
  unshare: 272,
  splice: 275,
  tee: 276,
  sync_file_range: 277,
  vmsplice: 278,
  timerfd_create: 283,
  fallocate: 285,
  perf_event_open: 298,
  name_to_handle_at: 303,
  syncfs: 306,
  process_vm_readv: 310,
  process_vm_writev: 311,
  kcmp: 312,
  memfd_create: 319,
  bpf: 321,
  userfaultfd: 323,
  membarrier: 324,
  pkey_free: 331,
  io_uring_setup: 425,
  clone3: 435,
  pidfd_getfd: 438,
  landlock_create_ruleset: 444,
} as const;

/** What a program of 32 bits calls, in a name that tells it from the same call of a program of 64. */
export const SYSCALLS_32 = {
  "32-bit getpid": 20,
  "32-bit socketcall": 102,
} as const;

export type SyscallName = keyof typeof SYSCALLS | keyof typeof SYSCALLS_32;

/** How the trampoline's listing tells them apart. */
const OF_32_BITS = 2 ** 31;

/** As the trampoline takes it. */
export function callNumber(name: SyscallName): number {
  return name in SYSCALLS_32
    ? OF_32_BITS + SYSCALLS_32[name as keyof typeof SYSCALLS_32]
    : SYSCALLS[name as keyof typeof SYSCALLS];
}

const ERRNO: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  3: "ESRCH",
  4: "EINTR",
  5: "EIO",
  6: "ENXIO",
  7: "E2BIG",
  8: "ENOEXEC",
  9: "EBADF",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  14: "EFAULT",
  16: "EBUSY",
  17: "EEXIST",
  19: "ENODEV",
  20: "ENOTDIR",
  21: "EISDIR",
  22: "EINVAL",
  23: "ENFILE",
  24: "EMFILE",
  26: "ETXTBSY",
  27: "EFBIG",
  28: "ENOSPC",
  30: "EROFS",
  38: "ENOSYS",
  40: "ELOOP",
  88: "ENOTSOCK",
  92: "ENOPROTOOPT",
  93: "EPROTONOSUPPORT",
  94: "ESOCKTNOSUPPORT",
  75: "EOVERFLOW",
  95: "EOPNOTSUPP",
  97: "EAFNOSUPPORT",
  99: "EADDRNOTAVAIL",
  101: "ENETUNREACH",
  106: "EISCONN",
  110: "ETIMEDOUT",
  111: "ECONNREFUSED",
  113: "EHOSTUNREACH",
  114: "EALREADY",
  115: "EINPROGRESS",
  122: "EDQUOT",
  126: "ENOKEY",
};

export function errnoName(number: number): string {
  return ERRNO[number] ?? `errno ${number}`;
}
