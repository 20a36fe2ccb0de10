/** A service that says it is healthy is, by a check that can tell. */
import type { StackClaim } from "../stack-claim.ts";

export const healthy: StackClaim = {
  control: "healthy",
  claim: {
    en: "The service is healthy, by a check that fails when it is not",
    ru: "Служба здорова, и её проверка здоровья действительно может не пройти",
  },
  key: "healthcheck",
  about: {
    severity: "medium",
    why: {
      en: "Without a check an engine only knows that a process exists, and starts what depends on it too early. A check that cannot fail is worse: it says that all is well while nobody is served.",
      ru: "Без проверки движок знает лишь, что процесс существует, и слишком рано запускает то, что от него зависит. Проверка, которая не может не пройти, ещё хуже: она сообщает, что всё хорошо, когда никого не обслуживают.",
    },
    docker: "--health-cmd",
    kubernetes: "livenessProbe, readinessProbe",
    references: ["CIS-Docker@1.6.0:4.6", "CIS-Docker@1.6.0:5.27", "NIST-SP-800-190@2017-09:4.4.5"],
  },
  fix: {
    en: 'healthcheck: { test: ["CMD", "program-in-the-image", "argument"] }',
    ru: 'healthcheck: { test: ["CMD", "программа-из-образа", "аргумент"] }',
  },
};
