/** The environment is shown by inspect, handed to every child, and printed by whoever reports a crash. */
import type { StackClaim } from "../stack-claim.ts";

export const noSecretsInEnvironment: StackClaim = {
  control: "no-secrets-in-environment",
  claim: {
    en: "No password or key is passed in the environment",
    ru: "Пароли и ключи не передаются через переменные окружения",
  },
  key: "environment",
  fix: {
    en: "secrets: [NAME], and NAME_FILE: /run/secrets/NAME in environment",
    ru: "secrets: [ИМЯ] и ИМЯ_FILE: /run/secrets/ИМЯ в environment",
  },
  about: {
    severity: "high",
    why: {
      en: "Whoever may inspect the container, read a log of a crash or /proc of the same user reads its environment. A secret that is a file is read by the one program that needs it.",
      ru: "Окружение видит каждый, кто может осмотреть контейнер, прочитать отчёт о сбое или /proc того же пользователя. Секрет-файл читает лишь та программа, которой он нужен.",
    },
    docker: "--mount type=bind,source=FILE,target=/run/secrets/NAME,readonly",
    kubernetes: "volumes with a secret, in place of env.valueFrom.secretKeyRef",
    references: [
      "CIS-Docker@1.6.0:4.10",
      "OWASP-Docker-Security@2026-11:12",
      "NIST-SP-800-190@2017-09:4.1.4",
    ],
  },
};
