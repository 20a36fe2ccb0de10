/** Who can mount can uncover, replace and reach anything. */
import type { Control } from "../control.ts";

export const noMount: Control = {
  id: "no-mount",
  claim: { en: "Even root in the container cannot mount", ru: "Даже root в контейнере не может монтировать" },
  key: "cap_drop",
  fix: { en: "cap_drop: [ALL]", ru: "cap_drop: [ALL]" },
  apply: (container) => ({
    ...container,
    capabilities: container.capabilities.filter((name) => name !== "SYS_ADMIN"),
  }),
  loosen: (container) => ({
    container: { ...container, capabilities: [...new Set([...container.capabilities, "SYS_ADMIN"])] },
    difference: { en: "cap_add: [SYS_ADMIN]", ru: "cap_add: [SYS_ADMIN]" },
  }),
};
