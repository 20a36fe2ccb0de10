/** Executes a real set-user-id file of root's, planted for the occasion, and asks who it is then. */
import { noNewPrivileges } from "../../posture/controls/no-new-privileges.ts";
import { succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

export const setUidFile: Probe = {
  id: "set-uid-file",
  control: noNewPrivileges,
  as: "unprivileged",
  async attempt({ attacker, setUidFile: file }) {
    await attacker.call("geteuid()", "geteuid");
    const { executed, saw } = await attacker.execute(`execve("${file}") (owner root, mode 4755)`, file);
    if (!executed && saw !== "EACCES" && saw !== "EPERM") {
      return attacker.unable({
        en: `the planted file does not run: ${saw}`,
        ru: `подложенный файл не запускается: ${saw}`,
      });
    }
    const after = await attacker.call("geteuid() afterwards", "geteuid");
    if (succeeded(after) && after.value === 0n) {
      return attacker.breached({
        en: "a set-user-id file made the process root",
        ru: "файл с битом set-uid сделал процесс root",
      });
    }
    return attacker.refused({ en: "the set-user-id bit had no effect", ru: "бит set-uid не подействовал" });
  },
};
