/** The system calls every container may make, whatever its capabilities: what ordinary programs need to run. */

export interface AllowedGroup {
  readonly heading: string;
  /** Why a program that has been broken into gains nothing by it. */
  readonly because: string;
  readonly names: readonly string[];
}

/** Old and 32-bit names stand beside their successors: the filter covers the 32-bit entry points as well. */
export const ALLOWED: readonly AllowedGroup[] = [
  group(
    "processes and threads",
    "start and end only what the pids limit and the private pid namespace hold",
    `execve execveat exit exit_group fork get_robust_list get_thread_area getpgid getpgrp getpid
     getppid getsid gettid pidfd_open prctl process_mrelease process_vm_readv process_vm_writev ptrace restart_syscall
     rseq set_robust_list set_thread_area set_tid_address setpgid setsid vfork wait4 waitid waitpid`,
  ),
  group(
    "identity",
    "the kernel still asks for CAP_SETUID, CAP_SETGID or CAP_SETPCAP",
    `capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getresgid getresgid32
     getresuid getresuid32 getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups
     setgroups32 setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setuid setuid32`,
  ),
  group(
    "scheduling and limits",
    "a process may only lower its own share; raising it needs CAP_SYS_NICE or CAP_SYS_RESOURCE",
    `getcpu getpriority getrlimit getrusage ioprio_get ioprio_set prlimit64 sched_get_priority_max
     sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval
     sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield
     setpriority setrlimit ugetrlimit`,
  ),
  group(
    "memory",
    "a process changes its own address space, inside the memory limit",
    `brk cachestat madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall mmap
     mmap2 mprotect mremap msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect remap_file_pages`,
  ),
  group(
    "reading and writing",
    "mounts, ownership and modes decide which file; these only move bytes",
    `_llseek close close_range copy_file_range creat dup dup2 dup3 fadvise64 fadvise64_64 fallocate fcntl fcntl64
     fdatasync flock fsync ftruncate ftruncate64 io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64
     io_setup io_submit ioctl lseek open openat openat2 pipe pipe2 pread64 preadv preadv2 pwrite64 pwritev pwritev2
     read readahead readv sendfile sendfile64 splice sync sync_file_range syncfs tee truncate truncate64 vmsplice
     write writev`,
  ),
  group(
    "names and directories",
    "a read-only root and the mount table stand behind every path",
    `access chdir faccessat faccessat2 fchdir getcwd getdents getdents64 inotify_add_watch inotify_init inotify_init1
     inotify_rm_watch fanotify_mark link linkat mkdir mkdirat mknod mknodat name_to_handle_at readlink readlinkat
     rename renameat renameat2 rmdir symlink symlinkat umask unlink unlinkat`,
  ),
  group(
    "ownership and attributes",
    "the kernel still asks for ownership of the file, or CAP_CHOWN, CAP_FOWNER, CAP_FSETID",
    `chmod chown chown32 fchmod fchmodat fchmodat2 fchown fchown32 fchownat fgetxattr flistxattr fremovexattr
     fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 futimesat getxattr lchown lchown32 lgetxattr listxattr
     llistxattr lremovexattr lsetxattr lstat lstat64 newfstatat removexattr setxattr stat stat64 statfs statfs64 statx
     utime utimensat utimensat_time64 utimes`,
  ),
  group(
    "waiting for events",
    "a process waits for what it holds already",
    `_newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old
     eventfd eventfd2 futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake poll ppoll ppoll_time64
     pselect6 pselect6_time64 select`,
  ),
  group(
    "signals",
    "only processes of the same user in the same pid namespace can be reached",
    `kill pause pidfd_send_signal rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
     rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack signalfd signalfd4 sigprocmask sigreturn
     tgkill tkill`,
  ),
  group(
    "time",
    "clocks are read; setting them needs CAP_SYS_TIME",
    `adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64
     clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time timer_create timer_delete
     timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime
     timerfd_gettime64 timerfd_settime timerfd_settime64 times`,
  ),
  group(
    "sockets",
    "the network namespace decides what can be reached; opening a socket is judged by its family",
    `accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64
     recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socketcall socketpair`,
  ),
  group(
    "System V and POSIX queues",
    "the private ipc namespace holds all of them",
    `ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64
     mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget`,
  ),
  group(
    "restricting oneself",
    "they can only take away",
    "landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp",
  ),
  group("asking about the system", "they only read", "getrandom sysinfo uname"),
];

function group(heading: string, because: string, names: string): AllowedGroup {
  return { heading, because, names: names.trim().split(/\s+/) };
}
