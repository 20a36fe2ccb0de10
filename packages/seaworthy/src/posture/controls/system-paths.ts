/** `/proc` and `/sys` speak for the whole machine: what configures it is read-only, what tells about it is masked. */
import type { Control } from "../control.ts";

export const systemPaths: Control = {
  id: "system-paths",
  claim: {
    en: "The kernel's settings in /proc are read-only and its secrets are masked, even for root",
    ru: "Настройки ядра в /proc доступны только для чтения, а секреты ядра скрыты — даже от root",
  },
  key: "security_opt",
  fix: {
    en: "remove systempaths=unconfined and privileged: true",
    ru: "уберите systempaths=unconfined и privileged: true",
  },
  apply: (container) => ({ ...container, systemPaths: "default" }),
  loosen: (container) => ({
    container: { ...container, systemPaths: "unconfined" },
    difference: { en: "systempaths=unconfined", ru: "systempaths=unconfined" },
  }),
};
