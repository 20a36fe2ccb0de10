/**
 * Calls that do the same: what one C library, or one processor, does by the first, the next does by another. A profile that
 * allows one of them and refuses the others breaks with the next update, and keeps nobody out.
 */
const SIBLINGS: readonly (readonly string[])[] = [
  words("accept accept4"),
  words("access faccessat faccessat2"),
  words("alarm setitimer"),
  words("arch_prctl set_thread_area"),
  words("chmod fchmodat fchmodat2"),
  words("chown lchown fchownat"),
  words("clock_nanosleep clock_nanosleep_time64 nanosleep"),
  words("clock_gettime clock_gettime64 gettimeofday time"),
  words("close close_range"),
  words("creat open openat openat2"),
  words("dup dup2 dup3"),
  words("epoll_create epoll_create1"),
  words("epoll_pwait epoll_pwait2 epoll_wait"),
  words("eventfd eventfd2"),
  words("exit exit_group"),
  words("fadvise64 readahead"),
  words("fork vfork clone clone3"),
  words("fstat lstat newfstatat stat statx"),
  words("futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake"),
  words("getdents getdents64"),
  words("getpgid getpgrp"),
  words("getrlimit prlimit64 setrlimit"),
  words("inotify_init inotify_init1"),
  words("link linkat"),
  words("mkdir mkdirat"),
  words("mknod mknodat"),
  words("pipe pipe2"),
  words("poll ppoll pselect6 select"),
  words("pread64 preadv preadv2"),
  words("pwrite64 pwritev pwritev2"),
  words("read readv"),
  words("readlink readlinkat"),
  words("recvfrom recvmmsg recvmsg"),
  words("rename renameat renameat2"),
  words("rmdir unlink unlinkat"),
  words("rt_sigprocmask rt_sigaction rt_sigreturn rt_sigsuspend sigaltstack"),
  words("sendmmsg sendmsg sendto"),
  words("signalfd signalfd4"),
  words("statfs fstatfs"),
  words("symlink symlinkat"),
  words("utime utimensat utimes futimesat"),
  words("wait4 waitid"),
  words("write writev"),
];

const BY_NAME = new Map(SIBLINGS.flatMap((group) => group.map((name) => [name, group] as const)));

/** The calls, and those that do the same. */
export function withSiblings(calls: Iterable<string>): ReadonlySet<string> {
  return new Set([...calls].flatMap((name) => BY_NAME.get(name) ?? [name]));
}

function words(text: string): readonly string[] {
  return text.split(" ");
}
