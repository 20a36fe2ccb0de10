/** A profile that is cut down to what a service was seen to call. It only takes away: what its base refuses stays refused. */
import type { Container } from "../../engine/container.ts";
import { nativeOnly } from "./entry-points.ts";
import { allowsByDefault, allowsCall } from "./portable.ts";
import type { SeccompProfile } from "./profile.ts";
import { withSiblings } from "./siblings.ts";

/**
 * What a container runtime calls itself between loading the filter and handing over to the service. The filter is loaded
 * first where new privileges are allowed, so that taking up the user and the capabilities is of it. runc is a program in Go
 * with threads of its own; crun calls less.
 */
const OF_THE_RUNTIME: readonly string[] = `
  brk capget capset chdir close close_range epoll_create1 epoll_ctl epoll_pwait execve exit exit_group faccessat2 fchdir
  fchown fcntl fstat fstatfs futex getcwd getdents64 getgid getpid getppid gettid getuid lseek madvise mmap mprotect munmap
  nanosleep openat pidfd_open pidfd_send_signal prctl pread64 read readlinkat restart_syscall rt_sigaction rt_sigprocmask
  rt_sigreturn sched_getaffinity sched_yield setgid setgroups setuid sigaltstack tgkill umask write`
  .trim()
  .split(/\s+/);

/** What tini (Docker's, and ours) and catatonit (Podman's) call until they hand over, and while they wait. */
const OF_AN_INIT: readonly string[] = `
  arch_prctl brk clone close_range execve exit_group getpgrp getpid getrandom ioctl kill mprotect openat prctl prlimit64 read
  readlink rseq rt_sigaction rt_sigprocmask rt_sigtimedwait set_robust_list set_tid_address setpgid signalfd4 wait4 write`
  .trim()
  .split(/\s+/);

/** What is called in front of the service, which no tracer of the service sees: by the first process that it asked for. */
export function callsBefore({ extras }: Pick<Container, "extras">): readonly string[] {
  return extras?.init === true ? OF_AN_INIT : [];
}

/**
 * @param base what it may call at most
 * @param calls that it was seen to make, in however many runs
 */
export function learnedProfile(base: SeccompProfile, calls: Iterable<string>): SeccompProfile {
  const kept = withSiblings([...calls, ...OF_THE_RUNTIME]);
  return {
    ...nativeOnly(base),
    syscalls: base.syscalls
      .map((rule) => ({ ...rule, names: rule.names.filter((name) => kept.has(name)).toSorted() }))
      .filter(({ names }) => names.length > 0),
  };
}

/** Every name that may be called at all, with whatever arguments, by whoever has the capability. */
export function allowedNames(profile: SeccompProfile): readonly string[] {
  const names = new Set(profile.syscalls.flatMap((rule) => rule.names));
  return [...names].filter((name) => allowsCall(profile, name)).toSorted();
}

/** Whether whatever it allows, the other one allows as well, and that one more. */
export function isNarrower(profile: SeccompProfile, other: SeccompProfile): boolean {
  if (allowsByDefault(profile) || allowsByDefault(other)) return false;
  const rules = (one: SeccompProfile): ReadonlySet<string> =>
    new Set(
      one.syscalls.flatMap(({ names, action, args, includes, excludes }) =>
        names.map((name) => JSON.stringify([name, action, args ?? [], includes ?? {}, excludes ?? {}])),
      ),
    );
  const [own, more] = [rules(profile), rules(other)];
  return own.size < more.size && [...own].every((rule) => more.has(rule));
}
