/** Nothing can be planted, and the code that runs is the code that was shipped. */
import type { Control } from "../control.ts";

export const readOnlyRoot: Control = {
  id: "read-only-root",
  claim: {
    en: "The root file system is read-only: not even root can change code or plant any",
    ru: "Корневая файловая система доступна только для чтения: даже root не может изменить или подложить код",
  },
  key: "read_only",
  mechanism: { en: "the read-only mount", ru: "монтирование только для чтения" },
  about: {
    severity: "medium",
    why: {
      en: "What cannot be written cannot be changed for good: an intruder finds no place for a program of theirs, and none of yours can be replaced. What runs is what was shipped, until the container ends.",
      ru: "Что нельзя записать, то нельзя и подменить: злоумышленнику негде оставить свою программу и нельзя заменить вашу. До конца контейнера работает то, что было выпущено.",
    },
    docker: "--read-only",
    kubernetes: "securityContext.readOnlyRootFilesystem: true",
    references: ["CIS-Docker@1.6.0:5.13", "OWASP-Docker-Security@2026-11:8", "NIST-SP-800-190@2017-09:4.4.4"],
  },
  fix: { en: "read_only: true", ru: "read_only: true" },
  apply: (container) => ({ ...container, readOnlyRoot: true }),
  loosen: (container) => ({
    container: { ...container, readOnlyRoot: false },
    difference: { en: "read_only: false", ru: "read_only: false" },
  }),
};
