/** Calls that a service does not need, with arguments that the kernel can only refuse: EPERM when the filter answers first. */
import { onlyNeededCalls, RARE_CALLS } from "../../posture/controls/only-needed-calls.ts";
import { allowsCall, profileOf } from "../../posture/seccomp/portable.ts";
import type { Argument } from "../../trampoline/client.ts";
import type { Probe } from "../probe.ts";
import { areStopped } from "./stopped-calls.ts";

/** A pointer into nothing, and a key that nobody has. */
const [BAD, NO_KEY] = [1, 0x7fff_fff1];
const NONSENSE = 9999;

const ARGUMENTS: Readonly<Record<(typeof RARE_CALLS)[number], readonly Argument[]>> = {
  flock: [-1, 0],
  getpriority: [NONSENSE, 0],
  inotify_add_watch: [-1, BAD, 0],
  io_setup: [0, BAD],
  ioprio_get: [NONSENSE, 0],
  landlock_create_ruleset: [0, 0, NONSENSE],
  membarrier: [NONSENSE, 0, 0],
  mincore: [BAD, 1, 0],
  mq_unlink: [BAD],
  msgget: [NO_KEY, 0],
  munlock: [BAD, 1],
  pkey_free: [NONSENSE],
  sched_setscheduler: [0, NONSENSE, BAD],
  semget: [NO_KEY, 0, 0],
  setxattr: [BAD, BAD, BAD, 0, 0],
  shmget: [NO_KEY, 0, 0],
  splice: [-1, 0, -1, 0, 1, 0],
  sync_file_range: [-1, 0, 0, 0],
  syncfs: [-1],
  tee: [-1, -1, 1, 0],
  timer_create: [NONSENSE, 0, BAD],
  timerfd_create: [NONSENSE, 0],
  vmsplice: [-1, 0, 0, 0],
};

export const rareCalls: Probe = {
  id: "rare-calls",
  control: onlyNeededCalls,
  as: "declared",
  withLearnedProfile: true,
  attempt({ attacker, declared }) {
    const profile = profileOf(declared);
    const refused = RARE_CALLS.filter((name) => !allowsCall(profile, name));
    return areStopped(
      attacker,
      refused.map((name) => [`${name}(nonsense)`, name, ARGUMENTS[name]]),
    );
  },
};
