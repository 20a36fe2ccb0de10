/** Who can mount can uncover, replace and reach anything. */
import type { Control } from "../control.ts";

export const noMount: Control = {
  id: "no-mount",
  claim: { en: "Even root in the container cannot mount", ru: "Даже root в контейнере не может монтировать" },
  key: "cap_drop",
  mechanism: { en: "the capability sets and the seccomp filter", ru: "наборы capabilities и фильтр seccomp" },
  about: {
    severity: "high",
    why: {
      en: "Who can mount can put other files in the place of programs and settings, or make read-only ones writable again. It is the first step of most ways out of a container.",
      ru: "Кто может монтировать, подменяет программы и настройки или снова делает записываемым то, что было только для чтения. С этого начинается большинство побегов из контейнера.",
    },
    docker: "--cap-drop ALL, with the default seccomp profile",
    kubernetes: "securityContext.capabilities.drop: [ALL]",
    references: [
      "CIS-Docker@1.6.0:5.4",
      "CIS-Docker@1.6.0:5.22",
      "OWASP-Docker-Security@2026-11:3",
      "NIST-SP-800-190@2017-09:4.4.3",
      "Kubernetes-PSS@restricted:capabilities.drop",
    ],
  },
  fix: { en: "cap_drop: [ALL]", ru: "cap_drop: [ALL]" },
  apply: (container) => ({
    ...container,
    capabilities: container.capabilities.filter((name) => name !== "SYS_ADMIN"),
  }),
  loosen: (container) => ({
    container: { ...container, capabilities: [...new Set([...container.capabilities, "SYS_ADMIN"])] },
    difference: { en: "cap_add: [SYS_ADMIN]", ru: "cap_add: [SYS_ADMIN]" },
  }),
};
