/** The kernel's rarely used and often vulnerable calls are out of reach. */
import type { Container } from "../../engine/container.ts";
import type { Control } from "../control.ts";
import { SECCOMP_FILTER } from "../mechanisms.ts";

export const seccomp: Control = {
  id: "seccomp",
  claim: {
    en: "System calls that a service does not need are refused by a seccomp filter",
    ru: "Системные вызовы, не нужные службе, отклоняет фильтр seccomp",
  },
  key: "security_opt",
  mechanism: SECCOMP_FILTER,
  about: {
    severity: "high",
    why: {
      en: "The kernel has hundreds of calls, a service uses some fifty, and most holes lie in those that nobody uses. A filter keeps them out of reach, also the holes that are not known yet.",
      ru: "У ядра сотни вызовов, служба пользуется полусотней, а большинство уязвимостей — в тех, которыми никто не пользуется. Фильтр закрывает доступ к ним, в том числе к ещё не найденным дырам.",
    },
    docker: "without --security-opt seccomp=unconfined",
    kubernetes: "securityContext.seccompProfile.type: RuntimeDefault",
    references: [
      "CIS-Docker@1.6.0:5.22",
      "OWASP-Docker-Security@2026-11:6",
      "NIST-SP-800-190@2017-09:4.4.3",
      "Kubernetes-PSS@restricted:seccompProfile",
    ],
  },
  fix: {
    en: "remove seccomp=unconfined from security_opt",
    ru: "уберите seccomp=unconfined из security_opt",
  },
  apply: (container) => ({ ...container, seccomp: "default" }),
  loosen: (container) => ({
    container: unconfined(container),
    difference: { en: "seccomp=unconfined", ru: "seccomp=unconfined" },
  }),
};

/** Without a profile of its own, too. */
function unconfined(container: Container): Container {
  if (container.extras === undefined) return { ...container, seccomp: "unconfined" };
  const { seccompProfile: _, ...extras } = container.extras;
  return { ...container, seccomp: "unconfined", extras };
}
