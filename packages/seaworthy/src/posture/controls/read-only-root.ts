/** Nothing can be planted, and the code that runs is the code that was shipped. */
import type { Control } from "../control.ts";

export const readOnlyRoot: Control = {
  id: "read-only-root",
  claim: {
    en: "The root file system is read-only: not even root can change code or plant any",
    ru: "Корневая файловая система доступна только для чтения: даже root не может изменить или подложить код",
  },
  key: "read_only",
  fix: { en: "read_only: true", ru: "read_only: true" },
  apply: (container) => ({ ...container, readOnlyRoot: true }),
  loosen: (container) => ({
    container: { ...container, readOnlyRoot: false },
    difference: { en: "read_only: false", ru: "read_only: false" },
  }),
};
