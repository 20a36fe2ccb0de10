/** A data store that asks for no password belongs to whoever reaches it. */
import type { StackClaim } from "../stack-claim.ts";

export const storePassword: StackClaim = {
  control: "store-password",
  claim: { en: "The data store asks for a password", ru: "Хранилище данных требует пароль" },
  key: "environment",
  fix: {
    en: "POSTGRES_PASSWORD_FILE, or for Redis --requirepass or a file of users, each as a secret",
    ru: "POSTGRES_PASSWORD_FILE, а для Redis --requirepass или файл пользователей, всё в виде секретов",
  },
  about: {
    severity: "high",
    why: {
      en: "Inside its network every service that is broken into reaches the data store. With a password it gets no further than its own service's rights.",
      ru: "Внутри своей сети до хранилища дотянется любая взломанная служба. С паролем она не получит больше того, что положено ей самой.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["OWASP-Docker-Security@2026-11:5", "NIST-SP-800-190@2017-09:4.3.3"],
  },
};
