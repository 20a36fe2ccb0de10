/** A fork bomb takes down its container, not its machine. */
import type { Control } from "../control.ts";
import { CONTROL_GROUP } from "../mechanisms.ts";

const DEFAULT_LIMIT = 256;

export const pidsLimit: Control = {
  id: "pids-limit",
  claim: {
    en: "The number of processes is limited",
    ru: "Число процессов ограничено",
  },
  key: "pids_limit",
  mechanism: CONTROL_GROUP,
  about: {
    severity: "medium",
    why: {
      en: "Processes are counted for the whole machine: a loop that only forks stops every other service and the shell you would end it with. With a limit it stops itself.",
      ru: "Процессы считаются на всю машину: цикл из одних fork останавливает все другие службы и оболочку, из которой вы хотели бы его завершить. С ограничением он останавливает себя.",
    },
    docker: "--pids-limit 64",
    kubernetes: "podPidsLimit, of the kubelet",
    references: ["CIS-Docker@1.6.0:5.29", "OWASP-Docker-Security@2026-11:7", "NIST-SP-800-190@2017-09:4.4.3"],
  },
  fix: { en: "pids_limit: 64", ru: "pids_limit: 64" },
  apply: (container) => ({
    ...container,
    limits: { ...container.limits, pids: container.limits.pids ?? DEFAULT_LIMIT },
  }),
  loosen: (container) => ({
    container: { ...container, limits: { ...container.limits, pids: undefined } },
    difference: { en: "without pids_limit", ru: "без pids_limit" },
  }),
};
