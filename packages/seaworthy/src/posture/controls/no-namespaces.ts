/** A new user namespace would give a process all capabilities inside it, and the kernel code behind them to attack. */
import type { Control } from "../control.ts";
import { SECCOMP_FILTER } from "../mechanisms.ts";
import { seccomp } from "./seccomp.ts";

export const noNamespaces: Control = {
  id: "no-namespaces",
  claim: {
    en: "A process cannot make namespaces of its own and mount in them",
    ru: "Процесс не может создать собственные пространства имён и монтировать в них",
  },
  key: "security_opt",
  mechanism: SECCOMP_FILTER,
  about: {
    ...seccomp.about,
    severity: "high",
    why: {
      en: "In a user namespace of its own any process is root again, with all capabilities over what it makes there, and many holes of the kernel begin with that. Dropping capabilities does not help against it; the seccomp profile does.",
      ru: "В собственном пользовательском пространстве имён любой процесс снова root со всеми capabilities над созданным в нём, и с этого начинаются многие уязвимости ядра. Отказ от capabilities тут не помогает, помогает профиль seccomp.",
    },
  },
  fix: seccomp.fix,
  apply: seccomp.apply,
  loosen: seccomp.loosen,
};
