/** A step that runs with all rights, or in the host's network, is a step that can do everything to the builder. */
import { type DockerfileRule, everywhere, judgeEach } from "../subject.ts";

export const confinedBuild: DockerfileRule = {
  id: "confined-build",
  claim: {
    en: "No build step asks for more rights than a build has",
    ru: "Ни один шаг сборки не просит лишних прав",
  },
  fix: { en: "RUN without --security and --network=host", ru: "RUN без --security и --network=host" },
  about: {
    severity: "high",
    why: {
      en: "A step with --security=insecure is root of the builder's machine, and so is every package it installs. In the host's network it reaches what only the builder may reach.",
      ru: "Шаг с --security=insecure — это root на машине сборки, как и каждый пакет, который он ставит. В сети хоста ему доступно то, что доступно только сборщику.",
    },
    docker: "docker build without --allow",
    kubernetes: undefined,
    references: ["OWASP-Docker-Security@2026-11:13", "NIST-SP-800-190@2017-09:4.4.3"],
  },
  check: (subject) =>
    judgeEach(everywhere(subject, "RUN"), ({ flags }) => {
      if (flags.get("security")?.includes("insecure") === true)
        return {
          en: "--security=insecure takes all confinement away",
          ru: "--security=insecure снимает всю защиту",
        };
      if (flags.get("network")?.includes("host") === true)
        return { en: "it runs in the host's network", ru: "шаг выполняется в сети хоста" };
      return undefined;
    }),
};
