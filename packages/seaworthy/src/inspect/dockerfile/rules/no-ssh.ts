/** A way in beside the service, with accounts and keys of its own. */
import { installed } from "../../../recipe/dockerfile/shell.ts";
import { type DockerfileRule, judgeCommands, judgeEach, shipped } from "../subject.ts";

export const noSsh: DockerfileRule = {
  id: "no-ssh",
  claim: {
    en: "The image runs and exposes no SSH server",
    ru: "В образе нет сервера SSH и порт 22 не открыт",
  },
  fix: {
    en: "docker exec, or seaworthy exec, in its place",
    ru: "вместо него docker exec или seaworthy exec",
  },
  about: {
    severity: "medium",
    why: {
      en: "An SSH server has keys and passwords that nobody renews, and holes of its own. The engine gives whoever may administer the container a way in already.",
      ru: "У сервера SSH свои ключи и пароли, которые никто не обновляет, и свои уязвимости. Тому, кто вправе управлять контейнером, вход уже даёт движок.",
    },
    docker: "docker exec",
    kubernetes: "kubectl exec",
    references: ["CIS-Docker@1.6.0:5.7", "NIST-SP-800-190@2017-09:4.1.2"],
  },
  check(subject) {
    const ports = judgeEach(shipped(subject, "EXPOSE"), ({ words }) =>
      words.some((port) => /^22(?:\/tcp)?$/.test(port))
        ? { en: "port 22 is exposed", ru: "открыт порт 22" }
        : undefined,
    );
    const programs = judgeCommands(shipped(subject, "RUN", "CMD", "ENTRYPOINT"), (command) => {
      const names = [...installed(command), command.argv[0]?.replace(/^.*\//, "") ?? ""];
      const found = names.find((name) => /^(?:openssh(?:-server)?|dropbear|sshd)$/.test(name));
      return found === undefined ? undefined : { en: `${found} is part of it`, ru: `в нём есть ${found}` };
    });
    return { wrong: [...ports.wrong, ...programs.wrong], looked: [...ports.looked, ...programs.looked] };
  },
};
