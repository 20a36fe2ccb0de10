/** Calls that a service does not need, with arguments that the kernel can only refuse: EPERM when the filter answers first. */
import { onlyNeededCalls, type RARE_CALLS } from "../../posture/controls/only-needed-calls.ts";
import { allowsCall, profileOf } from "../../posture/seccomp/portable.ts";
import type { Argument } from "../../trampoline/client.ts";
import { failedWith } from "../attacker.ts";
import type { Probe } from "../probe.ts";

type RareCall = (typeof RARE_CALLS)[number];

/** A pointer into nothing, and a key that nobody has. */
const [BAD, NO_KEY] = [1, 0x7fff_fff1];
const NONSENSE = 9999;

const ARGUMENTS: Readonly<Record<RareCall, readonly Argument[]>> = {
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
  async attempt({ attacker, declared }) {
    const profile = profileOf(declared);
    const refused = (Object.keys(ARGUMENTS) as RareCall[]).filter((name) => !allowsCall(profile, name));
    const reached: string[] = [];
    for (const name of refused) {
      const result = await attacker.call(`${name}(nonsense)`, name, ARGUMENTS[name]);
      if (!failedWith(result, "EPERM", "ENOSYS")) reached.push(name);
    }
    if (reached.length === 0) {
      return attacker.refused({
        en: `all of ${refused.length} calls were stopped before the kernel looked at them`,
        ru: `все вызовы (${refused.length}) остановлены прежде, чем ядро их рассмотрело`,
      });
    }
    return attacker.breached({
      en: `${reached.length} of ${refused.length} calls reached the kernel: ${reached.join(", ")}`,
      ru: `до ядра дошли вызовы (${reached.length} из ${refused.length}): ${reached.join(", ")}`,
    });
  },
};
