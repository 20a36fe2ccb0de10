/** A process never gets more rights than it was started with, whatever file it executes. */
import type { Control } from "../control.ts";

export const noNewPrivileges: Control = {
  id: "no-new-privileges",
  claim: {
    en: "A process cannot gain privileges by executing a file",
    ru: "Процесс не может получить новые привилегии, запустив файл",
  },
  key: "security_opt",
  fix: { en: 'security_opt: ["no-new-privileges:true"]', ru: 'security_opt: ["no-new-privileges:true"]' },
  apply: (container) => ({ ...container, noNewPrivileges: true }),
  loosen: (container) => ({
    container: { ...container, noNewPrivileges: false },
    difference: { en: "without no-new-privileges", ru: "без no-new-privileges" },
  }),
};
