/** A busy loop slows its service down, not its neighbours. */
import type { Control } from "../control.ts";
import { CONTROL_GROUP } from "../mechanisms.ts";

/** CPUs' worth of time: one is there on every machine. */
const DEFAULT_LIMIT = 1;

export const cpuLimit: Control = {
  id: "cpu-limit",
  claim: { en: "Processor time is limited", ru: "Процессорное время ограничено" },
  key: "cpus",
  mechanism: CONTROL_GROUP,
  about: {
    severity: "medium",
    why: {
      en: "A request that makes the service compute without end, or a miner that somebody planted, takes the processors from everything else on the machine. With a limit it takes its share and no more.",
      ru: "Запрос, заставляющий службу считать без конца, или подсаженный майнер отнимает процессоры у всего остального на машине. При ограничении он получает свою долю и не больше.",
    },
    docker: "--cpus 1.0",
    kubernetes: "resources.limits.cpu: 1",
    references: ["CIS-Docker@1.6.0:5.12", "OWASP-Docker-Security@2026-11:7", "NIST-SP-800-190@2017-09:4.4.3"],
  },
  fix: { en: "cpus: 1.0", ru: "cpus: 1.0" },
  apply: (container) => ({
    ...container,
    limits: { ...container.limits, cpus: container.limits.cpus ?? DEFAULT_LIMIT },
  }),
  loosen: (container) => ({
    container: { ...container, limits: { ...container.limits, cpus: undefined } },
    difference: { en: "without cpus", ru: "без cpus" },
  }),
};
