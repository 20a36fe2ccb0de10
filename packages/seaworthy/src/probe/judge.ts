/** From two attempts to a verdict: `held` is said only when the same attack breached the twin. */
import type { Attempt, Text, Verdict } from "@seaworthy/evidence";

export interface Judgement {
  readonly verdict: Verdict;
  /** Why it is not held or breached. */
  readonly reason?: Text;
}

/** @param twin `undefined` when no twin was run: there was nothing to loosen, or the hardened side decided already */
export function judge(hardened: Attempt, twin: Attempt | undefined): Judgement {
  switch (hardened.outcome) {
    case "breached":
      return { verdict: "breached" };
    case "absent":
      return { verdict: "absent", reason: hardened.summary };
    case "unable":
      return { verdict: "unproven", reason: hardened.summary };
    case "refused":
      return twin === undefined ? unproven(NO_TWIN) : judgeTwin(twin);
  }
}

function judgeTwin(twin: Attempt): Judgement {
  switch (twin.outcome) {
    case "breached":
      return { verdict: "held" };
    case "refused":
      return unproven(STILL_REFUSED);
    case "absent":
    case "unable":
      return unproven({
        en: `the twin could not be attacked: ${twin.summary.en}`,
        ru: `двойника не удалось атаковать: ${twin.summary.ru}`,
      });
  }
}

function unproven(reason: Text): Judgement {
  return { verdict: "unproven", reason };
}

const NO_TWIN: Text = { en: "no twin was run", ru: "двойник не запускался" };
const STILL_REFUSED: Text = {
  en: "the attack is refused without the control too: something else on this machine refuses it",
  ru: "атака отклоняется и без этой меры: её отклоняет что-то ещё на этой машине",
};
