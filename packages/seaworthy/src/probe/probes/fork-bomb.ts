/** Forks until the kernel refuses, a little beyond the declared limit and never without bound. */
import { pidsLimit } from "../../posture/controls/pids-limit.ts";
import { failedWith, outcomeOf, succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const BEYOND = 16;
/** Where no limit is declared; far more than a service needs at rest. */
const WITHOUT_LIMIT = 512;
/** A limit beyond this is not tried: the twin would make as many processes on the machine. */
const MOST = 8192;

export const forkBomb: Probe = {
  id: "fork-bomb",
  control: pidsLimit,
  as: "declared",
  async attempt({ attacker, declared }) {
    const { pids } = declared.limits;
    const bound = pids === undefined ? WITHOUT_LIMIT : pids + BEYOND;
    if (bound > MOST) {
      return attacker.unable({
        en: `the limit of ${pids} processes is too large to be tried on this machine`,
        ru: `предел в ${pids} процессов слишком велик, чтобы проверить его на этой машине`,
      });
    }
    for (let made = 0; made < bound; made += 1) {
      const forked = await attacker.quietly("fork");
      if (succeeded(forked)) continue;
      attacker.note(`fork() after ${made}`, outcomeOf(forked));
      if (failedWith(forked, "EAGAIN")) {
        return attacker.refused({
          en: `no process beyond ${made}`,
          ru: `больше ${made} процессов создать нельзя`,
        });
      }
      return attacker.unable({
        en: `fork failed with ${outcomeOf(forked)}`,
        ru: `fork завершился с ${outcomeOf(forked)}`,
      });
    }
    attacker.note(`fork(), ${bound} times`, "each made a process");
    return attacker.breached({ en: `made ${bound} processes`, ru: `создано процессов: ${bound}` });
  },
};
