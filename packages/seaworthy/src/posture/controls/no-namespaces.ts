/** A new user namespace would give a process all capabilities inside it, and the kernel code behind them to attack. */
import type { Control } from "../control.ts";
import { seccomp } from "./seccomp.ts";

export const noNamespaces: Control = {
  id: "no-namespaces",
  claim: {
    en: "A process cannot make namespaces of its own and mount in them",
    ru: "Процесс не может создать собственные пространства имён и монтировать в них",
  },
  key: "security_opt",
  fix: seccomp.fix,
  apply: seccomp.apply,
  loosen: seccomp.loosen,
};
