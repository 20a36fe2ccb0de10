/** Makes a named pipe at a bad pointer: nothing is left, and only a filter says no before the kernel looks. */
import { noSpecialFiles } from "../../posture/controls/no-special-files.ts";
import { failedWith, outcomeOf } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const S_IFIFO = 0o010000;
const BAD_POINTER = 1;

export const makeNode: Probe = {
  id: "make-node",
  control: noSpecialFiles,
  as: "declared",
  async attempt({ attacker }) {
    const made = await attacker.call("mknod(bad pointer, S_IFIFO)", "mknod", [
      BAD_POINTER,
      S_IFIFO | 0o600,
      0,
    ]);
    if (failedWith(made, "EPERM", "ENOSYS"))
      return attacker.refused({ en: "mknod is refused", ru: "mknod отклонён" });
    return attacker.breached({
      en: `the kernel looked for the name: ${outcomeOf(made)}`,
      ru: `ядро взялось за имя: ${outcomeOf(made)}`,
    });
  },
};
