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
  mechanism: { en: "the capability sets", ru: "наборы capabilities" },
  about: {
    severity: "high",
    why: {
      en: "With capabilities left, an intruder who becomes root in the container can change owners, open raw sockets, or do worse to the kernel they share with the host. A bounding set that is empty means that nobody in the container can ever have one again, whatever they execute.",
      ru: "С оставшимися capabilities злоумышленник, ставший root в контейнере, меняет владельцев, открывает сырые сокеты и делает худшее с ядром, общим с хостом. Пустой ограничивающий набор значит, что их уже никто в контейнере не получит, что бы ни было запущено.",
    },
    docker: "--cap-drop ALL",
    kubernetes: "securityContext.capabilities.drop: [ALL]",
    references: [
      "CIS-Docker@1.6.0:5.4",
      "OWASP-Docker-Security@2026-11:3",
      "NIST-SP-800-190@2017-09:4.4.3",
      "Kubernetes-PSS@restricted:capabilities.drop",
    ],
  },
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
