/** An installation that asks a question stops the build; one that takes all it is offered brings what nobody wanted. */
import { withoutSudo } from "../../../recipe/dockerfile/shell.ts";
import { type DockerfileRule, everywhere, judgeCommands } from "../subject.ts";

export const unattendedInstall: DockerfileRule = {
  id: "unattended-install",
  claim: {
    en: "Packages are installed without questions, and only those that are asked for",
    ru: "Пакеты ставятся без вопросов и только те, что указаны",
  },
  fix: {
    en: "apt-get install -y --no-install-recommends NAME",
    ru: "apt-get install -y --no-install-recommends ИМЯ",
  },
  about: {
    severity: "low",
    why: {
      en: "Recommended packages are programs that nobody asked for, each with holes of its own. Without -y a build waits for an answer that never comes, and apt says itself that it is not made for scripts.",
      ru: "Рекомендуемые пакеты — программы, о которых никто не просил, каждая со своими дырами. Без -y сборка ждёт ответа, которого не будет, а apt сам предупреждает, что не предназначен для сценариев.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:4.3", "NIST-SP-800-190@2017-09:4.1.2"],
  },
  check: (subject) =>
    judgeCommands(everywhere(subject, "RUN"), ({ argv }, _, { heredocs }) => {
      const [program = "", ...rest] = withoutSudo(argv);
      if (heredocs.length > 0 || !rest.includes("install")) return undefined;
      const has = (...flags: readonly string[]): boolean => rest.some((word) => flags.includes(word));
      if (program === "apt") return { en: "apt is made for people", ru: "apt предназначен для людей" };
      const isQuiet = has(
        "-y",
        "--yes",
        "--assume-yes",
        "-qq",
        "-yq",
        "-qy",
        "-yqq",
        "-qqy",
        "--non-interactive",
        "-n",
      );
      if (/^(?:apt-get|yum|dnf|microdnf|zypper)$/.test(program) && !isQuiet)
        return { en: `${program} install asks before it does`, ru: `${program} install задаёт вопрос` };
      const isFrugal = has("--no-install-recommends") || rest.some((word) => /Install-Recommends/.test(word));
      if (program === "apt-get" && !isFrugal)
        return { en: "recommended packages come along", ru: "вместе ставятся рекомендуемые пакеты" };
      return undefined;
    }),
};
