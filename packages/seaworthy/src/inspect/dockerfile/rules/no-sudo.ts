/** A program that makes anybody root, in an image whose build needs none. */
import { installed, withoutSudo } from "../../../recipe/dockerfile/shell.ts";
import { type DockerfileRule, everywhere, judgeCommands } from "../subject.ts";

export const noSudo: DockerfileRule = {
  id: "no-sudo",
  claim: {
    en: "Nothing is done or installed that changes users: no sudo, no su",
    ru: "Нет смены пользователя через sudo и su",
  },
  fix: {
    en: "USER root before the line, USER 10001:10001 after it",
    ru: "USER root перед строкой, USER 10001:10001 после неё",
  },
  about: {
    severity: "medium",
    why: {
      en: "A build is root wherever USER does not say otherwise, so sudo adds nothing to it. Left in the image it is a set-user-id program with rules of its own, and a way to root.",
      ru: "Сборка и так идёт от root, пока USER не скажет иного, и sudo ей ничего не даёт. Оставшись в образе, это set-user-id программа с собственными правилами и путь к root.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:4.8", "OWASP-Docker-Security@2026-11:4"],
  },
  check: (subject) =>
    judgeCommands(everywhere(subject, "RUN"), (command) => {
      if (command.argv[0] === "sudo") {
        return { en: `sudo ${withoutSudo(command.argv)[0] ?? ""}`.trim(), ru: "вызывается sudo" };
      }
      if (installed(command).includes("sudo")) return { en: "it installs sudo", ru: "устанавливается sudo" };
      return undefined;
    }),
};
