/** The kernel's rarely used and often vulnerable calls are out of reach. */
import type { Control } from "../control.ts";

export const seccomp: Control = {
  id: "seccomp",
  claim: {
    en: "System calls that a service does not need are refused by a seccomp filter",
    ru: "Системные вызовы, не нужные службе, отклоняет фильтр seccomp",
  },
  key: "security_opt",
  fix: {
    en: "remove seccomp=unconfined from security_opt",
    ru: "уберите seccomp=unconfined из security_opt",
  },
  apply: (container) => ({ ...container, seccomp: "default" }),
  loosen: (container) => ({
    container: { ...container, seccomp: "unconfined" },
    difference: { en: "seccomp=unconfined", ru: "seccomp=unconfined" },
  }),
};
