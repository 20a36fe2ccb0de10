/** Shared memory, semaphores and message queues are the container's own. */
import type { Control } from "../control.ts";

export const privateIpc: Control = {
  id: "private-ipc",
  claim: {
    en: "The host's shared memory and message queues are out of reach",
    ru: "Разделяемая память и очереди сообщений хоста недоступны",
  },
  key: "ipc",
  fix: { en: "remove ipc: host", ru: "уберите ipc: host" },
  apply: (container) => ({ ...container, ipc: "private" }),
  loosen: (container) => ({
    container: { ...container, ipc: "host" },
    difference: { en: "ipc: host", ru: "ipc: host" },
  }),
};
