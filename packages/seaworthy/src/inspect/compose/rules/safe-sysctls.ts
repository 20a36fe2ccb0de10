/** A few of the kernel's settings belong to the container alone; the others are the machine's. */
import { type ComposeRule, judgeEntries } from "../subject.ts";

/** Those that the Pod Security Standards call safe. */
const SAFE = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
  "net.core.somaxconn",
]);

export const safeSysctls: ComposeRule = {
  id: "safe-sysctls",
  claim: {
    en: "Only settings of the kernel that are known to be safe are changed",
    ru: "Меняются только заведомо безопасные настройки ядра",
  },
  fix: { en: "remove it from sysctls", ru: "уберите из sysctls" },
  about: {
    severity: "medium",
    why: {
      en: "Settings that are not wholly the container's own let it take the kernel's memory, or pass packets on for others. Those that are safe are named in the Pod Security Standards.",
      ru: "Настройки, принадлежащие не только контейнеру, позволяют занять память ядра или пересылать чужие пакеты. Безопасные перечислены в Pod Security Standards.",
    },
    docker: "without --sysctl",
    kubernetes: "securityContext.sysctls",
    references: ["Kubernetes-PSS@restricted:sysctls"],
  },
  check: (subject) =>
    judgeEntries(subject, "sysctls", [...(subject.service.extras.sysctls ?? [])], ([name]) =>
      SAFE.has(name) ? undefined : { en: `${name} is not among them`, ru: `${name} не из их числа` },
    ),
};
