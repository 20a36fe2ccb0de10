/** No part of root's power, and no way to get one: the bounding set is empty. */
import type { Capability } from "../../engine/container.ts";
import type { Control } from "../control.ts";

/** What Docker leaves to a container that drops nothing. */
const DEFAULTS: readonly Capability[] = [
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"],
  ...["NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
];

export const capabilities: Control = {
  id: "capabilities",
  claim: {
    en: "No capability is left, neither to use nor to gain",
    ru: "Не осталось ни одной capability: ни действующей, ни такой, которую можно получить",
  },
  key: "cap_drop",
  fix: { en: "cap_drop: [ALL]", ru: "cap_drop: [ALL]" },
  apply: (container) => ({ ...container, capabilities: [] }),
  loosen: (container) => ({
    container: { ...container, capabilities: DEFAULTS },
    difference: {
      en: "with Docker's default capabilities",
      ru: "с набором capabilities Docker по умолчанию",
    },
  }),
};
