/** Shared memory, semaphores and message queues are the container's own. */
import type { Control } from "../control.ts";

export const privateIpc: Control = {
  id: "private-ipc",
  claim: {
    en: "The host's shared memory and message queues are out of reach",
    ru: "Разделяемая память и очереди сообщений хоста недоступны",
  },
  key: "ipc",
  mechanism: { en: "the IPC namespace", ru: "пространство имён IPC" },
  about: {
    severity: "high",
    why: {
      en: "Programs of the host leave what they share with each other in its shared memory, often readable by everybody. With the host's IPC namespace a container reads and changes it.",
      ru: "Программы хоста держат то, чем делятся друг с другом, в его общей памяти, часто доступной всем. С пространством имён IPC хоста контейнер читает её и меняет.",
    },
    docker: "without --ipc host",
    kubernetes: "hostIPC: false",
    references: [
      "CIS-Docker@1.6.0:5.17",
      "NIST-SP-800-190@2017-09:4.4.3",
      "Kubernetes-PSS@restricted:hostIPC",
    ],
  },
  fix: { en: "remove ipc: host", ru: "уберите ipc: host" },
  apply: (container) => (container.ipc === "host" ? { ...container, ipc: "private" } : container),
  loosen: (container) => ({
    container: { ...container, ipc: "host" },
    difference: { en: "ipc: host", ru: "ipc: host" },
  }),
};
