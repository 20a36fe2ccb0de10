/** A limit that may be passed by swapping, or that the kernel may not enforce, is none. */
import { type ComposeRule, judgeKey } from "../subject.ts";

export const keptMemoryLimit: ComposeRule = {
  id: "kept-memory-limit",
  claim: {
    en: "The memory limit can be neither passed by nor survived",
    ru: "Лимит памяти нельзя ни обойти, ни пережить",
  },
  fix: {
    en: "remove memswap_limit, oom_kill_disable and a negative oom_score_adj",
    ru: "уберите memswap_limit, oom_kill_disable и отрицательный oom_score_adj",
  },
  about: {
    severity: "medium",
    why: {
      en: "Without bounds for swap a service takes the disk's time in place of memory, from everybody. One that may not be killed makes the kernel kill another.",
      ru: "Без предела для swap служба вместо памяти отнимает у всех время диска. А если убить её нельзя, ядро убьёт кого-то другого.",
    },
    docker: "--memory-swap as large as --memory, without --oom-kill-disable",
    kubernetes: "resources.limits.memory",
    references: ["CIS-Docker@1.6.0:5.11", "OWASP-Docker-Security@2026-11:7"],
  },
  check(subject) {
    const { memorySwap, oomKillDisable, oomScoreAdj = 0 } = subject.service.extras;
    if (memorySwap === -1)
      return judgeKey(subject, "memswap_limit", { en: "swap has no bounds", ru: "swap не ограничен" }, "-1");
    if (oomKillDisable === true)
      return judgeKey(
        subject,
        "oom_kill_disable",
        { en: "the kernel may not end it", ru: "ядру нельзя её завершить" },
        "true",
      );
    if (oomScoreAdj < 0)
      return judgeKey(
        subject,
        "oom_score_adj",
        { en: "others are killed first", ru: "сначала завершают других" },
        String(oomScoreAdj),
      );
    return judgeKey(subject, "memswap_limit, oom_kill_disable and oom_score_adj", undefined, "none of them");
  },
};
