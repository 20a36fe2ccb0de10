/** Opens a socket to the kernel's routing tables; nothing is sent. */
import { noNetlink } from "../../posture/controls/no-netlink.ts";
import { failedWith, outcomeOf, succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_ROUTE = 0;

export const openNetlink: Probe = {
  id: "open-netlink",
  control: noNetlink,
  as: "declared",
  async attempt({ attacker }) {
    const opened = await attacker.call("socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)", "socket", [
      AF_NETLINK,
      SOCK_RAW,
      NETLINK_ROUTE,
    ]);
    if (failedWith(opened, "EPERM"))
      return attacker.refused({ en: "no socket is given", ru: "сокет не выдаётся" });
    if (succeeded(opened)) {
      return attacker.breached({
        en: "opened a socket to the kernel's routing tables",
        ru: "открыт сокет к таблицам маршрутизации ядра",
      });
    }
    return attacker.absent({
      en: `this kernel has no netlink: ${outcomeOf(opened)}`,
      ru: `в этом ядре нет netlink: ${outcomeOf(opened)}`,
    });
  },
};
