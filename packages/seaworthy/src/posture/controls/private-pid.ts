/** A process sees, signals and traces only the processes of its own container. */
import type { Control } from "../control.ts";

export const privatePid: Control = {
  id: "private-pid",
  claim: {
    en: "The host's processes are out of sight and out of reach",
    ru: "Процессы хоста не видны и недоступны",
  },
  key: "pid",
  mechanism: { en: "the process namespace", ru: "пространство имён процессов" },
  about: {
    severity: "high",
    why: {
      en: "Among the host's processes a container sees their command lines, and those of its own user it can end or read the memory of. Secrets of other programs lie there.",
      ru: "Среди процессов хоста контейнер видит их командные строки, а процессы своего пользователя может завершить или прочитать их память. Там лежат секреты других программ.",
    },
    docker: "without --pid host",
    kubernetes: "hostPID: false",
    references: [
      "CIS-Docker@1.6.0:5.16",
      "NIST-SP-800-190@2017-09:4.4.3",
      "Kubernetes-PSS@restricted:hostPID",
    ],
  },
  fix: { en: "remove pid: host", ru: "уберите pid: host" },
  apply: (container) => ({ ...container, pid: "private" }),
  loosen: (container) => ({
    container: { ...container, pid: "host" },
    difference: { en: "pid: host", ru: "pid: host" },
  }),
};
