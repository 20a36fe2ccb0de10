/** Asks the kernel who the process is. */
import { nonRoot } from "../../posture/controls/non-root.ts";
import { succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const CALLS = ["getuid", "geteuid", "getgid", "getegid"] as const;
const MOST_GROUPS = 64;

export const identity: Probe = {
  id: "identity",
  control: nonRoot,
  as: "declared",
  async attempt({ attacker }) {
    const zero: string[] = [];
    for (const name of CALLS) {
      const result = await attacker.call(`${name}()`, name);
      if (succeeded(result) && result.value === 0n) zero.push(name.slice(3));
    }
    const groups = await attacker.call(
      "getgroups(64, list)",
      "getgroups",
      [MOST_GROUPS, new Uint8Array(4 * MOST_GROUPS)],
      4 * MOST_GROUPS,
    );
    if (succeeded(groups)) {
      const view = Buffer.from(groups.memory);
      for (let index = 0; index < Number(groups.value); index += 1) {
        if (view.readUInt32LE(4 * index) === 0) zero.push("group list");
      }
    }
    if (zero.length === 0)
      return attacker.refused({
        en: "every id is an ordinary user's",
        ru: "все идентификаторы — обычного пользователя",
      });
    return attacker.breached({
      en: `the process is root: ${zero.join(", ")} is 0`,
      ru: `процесс работает от root: ${zero.join(", ")} равно 0`,
    });
  },
};
