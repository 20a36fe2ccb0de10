/** A device is a way past every file permission: a disk holds all files of the host. */
import type { Control } from "../control.ts";

export const noHostDevices: Control = {
  id: "host-devices",
  claim: {
    en: "No disk and no other device of the host is within reach, even for root",
    ru: "Диски и другие устройства хоста недоступны даже для root",
  },
  key: "privileged",
  fix: { en: "remove privileged: true", ru: "уберите privileged: true" },
  apply: (container) => ({ ...container, hostDevices: false }),
  loosen: (container) => ({
    container: { ...container, hostDevices: true },
    difference: { en: "with all devices of the host", ru: "со всеми устройствами хоста" },
  }),
};
