/** Reads the bounding set capability by capability: CapEff of an ordinary user is empty with or without the control. */
import { capabilities } from "../../posture/controls/capabilities.ts";
import { succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const PR_CAPBSET_READ = 23;
/** More than any kernel has; the first unknown one answers EINVAL. */
const MOST = 64;

export const boundingSet: Probe = {
  id: "bounding-set",
  control: capabilities,
  as: "declared",
  async attempt({ attacker }) {
    const granted: number[] = [];
    let known = 0;
    for (; known < MOST; known += 1) {
      const result = await attacker.quietly("prctl", [PR_CAPBSET_READ, known, 0, 0, 0]);
      if (!succeeded(result)) break;
      if (result.value === 1n) granted.push(known);
    }
    attacker.note(
      `prctl(PR_CAPBSET_READ, 0..${known - 1})`,
      granted.length === 0 ? "0 for each" : `1 for ${granted.join(", ")}`,
    );
    if (known === 0)
      return attacker.unable({
        en: "the bounding set cannot be read",
        ru: "не удалось прочитать bounding set",
      });
    if (granted.length === 0) {
      return attacker.refused({
        en: `none of ${known} capabilities can be gained`,
        ru: `нельзя получить ни одну из ${known} capabilities`,
      });
    }
    return attacker.breached({
      en: `${granted.length} of ${known} capabilities can be gained`,
      ru: `можно получить capabilities: ${granted.length} из ${known}`,
    });
  },
};
