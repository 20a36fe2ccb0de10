/** A leak ends the service that leaks, not its neighbours. */
import type { Control } from "../control.ts";

const DEFAULT_LIMIT = 512 * 1024 ** 2;

export const memoryLimit: Control = {
  id: "memory-limit",
  claim: { en: "Memory is limited", ru: "Память ограничена" },
  key: "mem_limit",
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
