/** Mounts, as root, over a directory of the container's own. */
import { noMount } from "../../posture/controls/no-mount.ts";
import { text } from "../../trampoline/client.ts";
import { failedWith, outcomeOf, succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

export const mount: Probe = {
  id: "mount",
  control: noMount,
  as: "root",
  async attempt({ attacker }) {
    const result = await attacker.call('mount("none", "/dev", "tmpfs", 0, NULL)', "mount", [
      text("none"),
      text("/dev"),
      text("tmpfs"),
      0,
      0,
    ]);
    if (succeeded(result))
      return attacker.breached({ en: "root mounted a file system", ru: "root смонтировал файловую систему" });
    if (!failedWith(result, "EPERM", "EACCES", "ENOSYS"))
      return attacker.unable({ en: outcomeOf(result), ru: outcomeOf(result) });
    return attacker.refused({ en: "root cannot mount", ru: "root не может монтировать" });
  },
};
