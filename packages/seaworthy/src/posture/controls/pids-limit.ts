/** A fork bomb takes down its container, not its machine. */
import type { Control } from "../control.ts";

const DEFAULT_LIMIT = 256;

export const pidsLimit: Control = {
  id: "pids-limit",
  claim: {
    en: "The number of processes is limited",
    ru: "Число процессов ограничено",
  },
  key: "pids_limit",
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
