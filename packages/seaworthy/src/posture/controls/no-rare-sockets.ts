/** Two kinds of socket lead into parts of the kernel that services do not use, and that were the way to root. */
import type { Control } from "../control.ts";
import { allowing, allowsFamily, profileOf, refusingFamily } from "../seccomp/portable.ts";
import { withProfile } from "../seccomp/profile.ts";
import { narrowed, STRICT_ABOUT, STRICT_BY_FILTER } from "../seccomp/strict.ts";

/** As in the kernel's include/linux/socket.h: to its crypto code, and to the hypervisor. */
export const RARE_FAMILIES = { AF_ALG: 38, AF_VSOCK: 40 } as const;

const FAMILIES = Object.values(RARE_FAMILIES);

export const noRareSockets: Control = {
  id: "no-rare-sockets",
  claim: {
    en: "Sockets to the kernel's crypto code (AF_ALG) and to the hypervisor (AF_VSOCK) are out of reach",
    ru: "Сокеты к криптографии ядра (AF_ALG) и к гипервизору (AF_VSOCK) недоступны",
  },
  ...STRICT_BY_FILTER,
  about: {
    severity: "medium",
    why: {
      en: "Any process may open them, and holes behind AF_ALG made ordinary users root (CVE-2026-31431). Docker's own profile refuses it since Engine 29.4.2 only.",
      ru: "Их может открыть любой процесс, а дыры за AF_ALG делали обычного пользователя root (CVE-2026-31431). Собственный профиль Docker запрещает его лишь с Engine 29.4.2.",
    },
    ...STRICT_ABOUT,
  },
  apply: (container) =>
    narrowed(
      container,
      (profile) => FAMILIES.some((family) => allowsFamily(profile, family)),
      (profile) => FAMILIES.reduce(refusingFamily, profile),
    ),
  loosen: (container) => ({
    container: withProfile(
      container,
      FAMILIES.reduce(
        (profile, value) => allowing(profile, ["socket"], [{ index: 0, value, op: "SCMP_CMP_EQ" }]),
        profileOf(container),
      ),
    ),
    difference: { en: "with sockets of AF_ALG and AF_VSOCK", ru: "разрешены сокеты AF_ALG и AF_VSOCK" },
  }),
};
