/** Started is not ready: who waits for the one and needs the other fails on a slow day. */
import { type ComposeRule, judgeEntries } from "../subject.ts";

export const waitsForHealth: ComposeRule = {
  id: "waits-for-health",
  claim: {
    en: "A service waits until what it depends on is healthy",
    ru: "Служба ждёт, пока то, от чего она зависит, станет здоровым",
  },
  fix: {
    en: "depends_on: { db: { condition: service_healthy } }",
    ru: "depends_on: { db: { condition: service_healthy } }",
  },
  about: {
    severity: "low",
    why: {
      en: "A database that was started takes seconds until it answers, longer after a crash. A service that did not wait fails then, and only then.",
      ru: "Запущенной базе нужны секунды, чтобы начать отвечать, а после сбоя и больше. Служба, которая не дождалась, падает именно тогда.",
    },
    docker: undefined,
    kubernetes: "readinessProbe",
    references: [],
  },
  check: (subject) =>
    judgeEntries(subject, "depends_on", subject.service.dependsOn, ({ service, condition }) => {
      const other = subject.project.services.get(service);
      const hasCheck = other?.healthCheck !== undefined && !other.healthCheck.disabled;
      if (condition !== "started" || !hasCheck) return undefined;
      return {
        en: `${service} has a health check that is not waited for`,
        ru: `у ${service} есть проверка, которой не ждут`,
      };
    }),
};
