/** Uses, as root, what the default capabilities would allow. */
import { capabilities } from "../../posture/controls/capabilities.ts";
import { text } from "../../trampoline/client.ts";
import { succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const AF_INET = 2;
const SOCK_RAW = 3;
const IPPROTO_ICMP = 1;

export const rootPowers: Probe = {
  id: "root-powers",
  control: capabilities,
  as: "root",
  async attempt({ attacker }) {
    const raw = await attacker.call("socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)", "socket", [
      AF_INET,
      SOCK_RAW,
      IPPROTO_ICMP,
    ]);
    const root = await attacker.call('chroot("/")', "chroot", [text("/")]);
    const done = [
      ...(succeeded(raw) ? ["opened a raw socket"] : []),
      ...(succeeded(root) ? ["changed its root directory"] : []),
    ];
    if (done.length === 0)
      return attacker.refused({ en: "root has none of its powers", ru: "у root нет его полномочий" });
    return attacker.breached({
      en: `root ${done.join(" and ")}`,
      ru: `root воспользовался полномочиями: ${succeeded(raw) ? "сырой сокет" : "chroot"}`,
    });
  },
};
