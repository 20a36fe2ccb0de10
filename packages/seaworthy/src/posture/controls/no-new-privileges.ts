/** A process never gets more rights than it was started with, whatever file it executes. */
import type { Control } from "../control.ts";

export const noNewPrivileges: Control = {
  id: "no-new-privileges",
  claim: {
    en: "A process cannot gain privileges by executing a file",
    ru: "Процесс не может получить новые привилегии, запустив файл",
  },
  key: "security_opt",
  mechanism: { en: "no_new_privs", ru: "no_new_privs" },
  about: {
    severity: "high",
    why: {
      en: "A file with the set-user-id bit makes root of whoever executes it, and one may come with any package or volume. An ordinary user alone is no protection: without this control that user is one such file away from root.",
      ru: "Файл с битом set-user-id делает root любого, кто его запустит, а попасть в контейнер он может с любым пакетом или томом. Обычный пользователь сам по себе не защита: без этого ограничения от root его отделяет один такой файл.",
    },
    docker: "--security-opt no-new-privileges:true",
    kubernetes: "securityContext.allowPrivilegeEscalation: false",
    references: [
      "CIS-Docker@1.6.0:5.26",
      "OWASP-Docker-Security@2026-11:4",
      "NIST-SP-800-190@2017-09:4.4.3",
      "Kubernetes-PSS@restricted:allowPrivilegeEscalation",
    ],
  },
  fix: { en: 'security_opt: ["no-new-privileges:true"]', ru: 'security_opt: ["no-new-privileges:true"]' },
  apply: (container) => ({ ...container, noNewPrivileges: true }),
  loosen: (container) => ({
    container: { ...container, noNewPrivileges: false },
    difference: { en: "without no-new-privileges", ru: "без no-new-privileges" },
  }),
};
