/** Asks for the handle of the root directory, with no room for the answer. */
import { noFileHandles } from "../../posture/controls/no-file-handles.ts";
import { text } from "../../trampoline/client.ts";
import { failedWith, outcomeOf } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const AT_FDCWD = -100;

export const nameToHandle: Probe = {
  id: "name-to-handle",
  control: noFileHandles,
  as: "declared",
  async attempt({ attacker }) {
    const asked = await attacker.call('name_to_handle_at("/", 0 bytes)', "name_to_handle_at", [
      AT_FDCWD,
      text("/"),
      new Uint8Array(16),
      new Uint8Array(16),
      0,
    ]);
    if (failedWith(asked, "EPERM", "ENOSYS"))
      return attacker.refused({ en: "no handle is given", ru: "дескриптор не выдаётся" });
    return attacker.breached({
      en: `the kernel looked for the handle: ${outcomeOf(asked)}`,
      ru: `ядро взялось за дескриптор: ${outcomeOf(asked)}`,
    });
  },
};
