/** A device is a way past every file permission: a disk holds all files of the host. */
import type { Control } from "../control.ts";

export const noHostDevices: Control = {
  id: "host-devices",
  claim: {
    en: "No disk and no other device of the host is within reach, even for root",
    ru: "Диски и другие устройства хоста недоступны даже для root",
  },
  key: "privileged",
  mechanism: { en: "the list of devices", ru: "список устройств" },
  about: {
    severity: "critical",
    why: {
      en: "Whoever can open the host's disk reads and writes every file of the host, past all permissions. A privileged container has all devices, and so has its intruder.",
      ru: "Кто может открыть диск хоста, читает и пишет любой его файл в обход всех прав. У привилегированного контейнера есть все устройства, а значит, и у того, кто в него проник.",
    },
    docker: "without --privileged and --device",
    kubernetes: "securityContext.privileged: false",
    references: [
      "CIS-Docker@1.6.0:5.5",
      "CIS-Docker@1.6.0:5.18",
      "OWASP-Docker-Security@2026-11:3",
      "NIST-SP-800-190@2017-09:4.4.3",
      "Kubernetes-PSS@restricted:privileged",
    ],
  },
  fix: { en: "remove privileged: true", ru: "уберите privileged: true" },
  apply: (container) => ({ ...container, hostDevices: false }),
  loosen: (container) => ({
    container: { ...container, hostDevices: true },
    difference: { en: "with all devices of the host", ru: "со всеми устройствами хоста" },
  }),
};
