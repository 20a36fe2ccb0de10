/** The default profile allows hundreds of calls, for it serves every program; one service needs a third of them. */
import type { Container } from "../../engine/container.ts";
import type { Control } from "../control.ts";
import type { Posture } from "../controls.ts";
import { SECCOMP_FILTER } from "../mechanisms.ts";
import { isNarrower } from "../seccomp/learned.ts";
import { allowing, allowsCall, portableProfile, profileOf } from "../seccomp/portable.ts";
import { ownProfile, type SeccompProfile, withProfile } from "../seccomp/profile.ts";
import { STRICT_ABOUT } from "../seccomp/strict.ts";
import { strictProfile } from "../seccomp/strict-profile.ts";

/** Of those that both postures allow and hardly any service makes. */
export const RARE_CALLS = [
  "flock",
  "getpriority",
  "inotify_add_watch",
  "io_setup",
  "ioprio_get",
  "landlock_create_ruleset",
  "membarrier",
  "mincore",
  "mq_unlink",
  "msgget",
  "munlock",
  "pkey_free",
  "sched_setscheduler",
  "semget",
  "setxattr",
  "shmget",
  "splice",
  "sync_file_range",
  "syncfs",
  "tee",
  "timer_create",
  "timerfd_create",
  "vmsplice",
] as const;

export const onlyNeededCalls: Control = {
  id: "only-needed-calls",
  claim: {
    en: "A service can make only the system calls that it was seen to need",
    ru: "Служба может сделать только те системные вызовы, которые ей оказались нужны",
  },
  key: "security_opt",
  mechanism: SECCOMP_FILTER,
  about: {
    severity: "low",
    why: {
      en: "Each call that a service never makes is a part of the kernel that an intruder may try out for nothing. A profile that was learned from the service itself leaves a third of them.",
      ru: "Каждый вызов, который служба никогда не делает, — часть ядра, которую взломщик может даром испытать на прочность. Профиль, составленный по самой службе, оставляет их треть.",
    },
    ...STRICT_ABOUT,
  },
  fix: {
    en: 'security_opt: ["seccomp=seccomp/SERVICE.json"], with: seaworthy learn --write',
    ru: 'security_opt: ["seccomp=seccomp/СЛУЖБА.json"], файл создаёт: seaworthy learn --write',
  },
  // What a service needs is found out, and cannot be declared.
  apply: (container) => container,
  loosen(container) {
    const profile = profileOf(container);
    const refused = RARE_CALLS.filter((name) => !allowsCall(profile, name));
    if (refused.length === 0) return undefined;
    return {
      container: withProfile(container, allowing(profile, refused)),
      difference: { en: `with ${refused.join(", ")}`, ru: `разрешены ${refused.join(", ")}` },
    };
  },
};

/** Whether its profile was cut out of its posture's, and down to what a service needs. */
export function isLearned(container: Container, posture: Posture): boolean {
  const own = ownProfile(container);
  if (own === undefined || !isNarrower(own, postureProfile(posture))) return false;
  return RARE_CALLS.some((name) => !allowsCall(own, name));
}

/**
 * With the profile that its own one was cut out of; itself when it was cut out of none. What is refused there is refused with
 * fewer calls, too; and what is allowed in a twin is not hidden by a filter that knows nothing of the control.
 */
export function withPostureProfile(container: Container, posture: Posture): Container {
  return isLearned(container, posture) ? withProfile(container, postureProfile(posture)) : container;
}

export function postureProfile(posture: Posture): SeccompProfile {
  return posture === "strict" ? strictProfile() : portableProfile();
}
