/** A process sees, signals and traces only the processes of its own container. */
import type { Control } from "../control.ts";

export const privatePid: Control = {
  id: "private-pid",
  claim: {
    en: "The host's processes are out of sight and out of reach",
    ru: "Процессы хоста не видны и недоступны",
  },
  key: "pid",
  fix: { en: "remove pid: host", ru: "уберите pid: host" },
  apply: (container) => ({ ...container, pid: "private" }),
  loosen: (container) => ({
    container: { ...container, pid: "host" },
    difference: { en: "pid: host", ru: "pid: host" },
  }),
};
