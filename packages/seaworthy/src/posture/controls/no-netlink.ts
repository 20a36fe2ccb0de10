/** Netlink is how a system is administered: a large part of the kernel that services have no business with. */
import type { Control } from "../control.ts";
import { allowing, allowsFamily, profileOf, refusingFamily } from "../seccomp/portable.ts";
import { withProfile } from "../seccomp/profile.ts";
import { narrowed, STRICT_ABOUT, STRICT_BY_FILTER } from "../seccomp/strict.ts";
import { AF_NETLINK } from "../seccomp/strict-profile.ts";

export const noNetlink: Control = {
  id: "no-netlink",
  claim: {
    en: "The kernel's administration interface (netlink) is out of reach",
    ru: "Интерфейс администрирования ядра (netlink) недоступен",
  },
  ...STRICT_BY_FILTER,
  about: {
    severity: "low",
    why: {
      en: "Firewall, routing and traffic control speak netlink, and many of the kernel's holes of the last years were behind it. A service that opens connections needs none of it.",
      ru: "Через netlink работают файрвол, маршрутизация и управление трафиком, и многие дыры ядра последних лет были именно там. Службе, которая открывает соединения, это не нужно.",
    },
    ...STRICT_ABOUT,
  },
  apply: (container) =>
    narrowed(
      container,
      (profile) => allowsFamily(profile, AF_NETLINK),
      (profile) => refusingFamily(profile, AF_NETLINK),
    ),
  loosen: (container) => ({
    container: withProfile(
      container,
      allowing(profileOf(container), ["socket"], [{ index: 0, value: AF_NETLINK, op: "SCMP_CMP_EQ" }]),
    ),
    difference: { en: "with sockets of AF_NETLINK", ru: "разрешены сокеты AF_NETLINK" },
  }),
};
