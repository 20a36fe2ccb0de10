/** `/proc` and `/sys` speak for the whole machine: what configures it is read-only, what tells about it is masked. */
import type { Control } from "../control.ts";

export const systemPaths: Control = {
  id: "system-paths",
  claim: {
    en: "The kernel's settings in /proc are read-only and its secrets are masked, even for root",
    ru: "Настройки ядра в /proc доступны только для чтения, а секреты ядра скрыты — даже от root",
  },
  key: "security_opt",
  mechanism: { en: "read-only and masked paths", ru: "закрытые и доступные только для чтения пути" },
  about: {
    severity: "high",
    why: {
      en: "Some files in /proc are switches of the host's kernel, and root needs no capability for them: a name in core_pattern is a program that the host runs as root. Others tell keys and addresses of the kernel.",
      ru: "Некоторые файлы в /proc — переключатели ядра хоста, и root не нужны для них capabilities: имя в core_pattern — это программа, которую хост запустит от root. Другие выдают ключи и адреса ядра.",
    },
    docker: "without --security-opt systempaths=unconfined",
    kubernetes: "securityContext.procMount: Default",
    references: [
      "OWASP-Docker-Security@2026-11:6",
      "NIST-SP-800-190@2017-09:4.4.3",
      "Kubernetes-PSS@restricted:procMount",
    ],
  },
  fix: {
    en: "remove systempaths=unconfined and privileged: true",
    ru: "уберите systempaths=unconfined и privileged: true",
  },
  apply: (container) => ({ ...container, systemPaths: "default" }),
  loosen: (container) => ({
    container: { ...container, systemPaths: "unconfined" },
    difference: { en: "systempaths=unconfined", ru: "systempaths=unconfined" },
  }),
};
