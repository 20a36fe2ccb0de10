/** A leak ends the service that leaks, not its neighbours. */
import type { Control } from "../control.ts";
import { CONTROL_GROUP } from "../mechanisms.ts";

const DEFAULT_LIMIT = 512 * 1024 ** 2;

export const memoryLimit: Control = {
  id: "memory-limit",
  claim: { en: "Memory is limited", ru: "Память ограничена" },
  key: "mem_limit",
  mechanism: CONTROL_GROUP,
  about: {
    severity: "medium",
    why: {
      en: "A leak or a request that makes the service remember too much takes the memory of everything else on the machine. With a limit the kernel ends the one that is at fault.",
      ru: "Утечка или запрос, заставляющий службу запомнить слишком много, отнимает память у всего остального на машине. При ограничении ядро завершает того, кто виноват.",
    },
    docker: "--memory 256m",
    kubernetes: "resources.limits.memory: 256Mi",
    references: ["CIS-Docker@1.6.0:5.11", "OWASP-Docker-Security@2026-11:7", "NIST-SP-800-190@2017-09:4.4.3"],
  },
  fix: { en: "mem_limit: 256m", ru: "mem_limit: 256m" },
  apply: (container) => ({
    ...container,
    limits: { ...container.limits, memory: container.limits.memory ?? DEFAULT_LIMIT },
  }),
  loosen: (container) => ({
    container: { ...container, limits: { ...container.limits, memory: undefined } },
    difference: { en: "without mem_limit", ru: "без mem_limit" },
  }),
};
