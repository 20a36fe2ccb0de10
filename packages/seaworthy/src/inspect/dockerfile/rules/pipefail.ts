/** Of a pipe only the last program counts: a download that failed is a success of what read nothing. */
import { commandsOf } from "../../../recipe/dockerfile/shell.ts";
import { type DockerfileRule, everywhere, judgeEach } from "../subject.ts";

export const pipefail: DockerfileRule = {
  id: "pipefail",
  claim: {
    en: "A step fails when any program of a pipe fails",
    ru: "Шаг падает, если упала любая программа конвейера",
  },
  fix: {
    en: 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
    ru: 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
  },
  about: {
    severity: "low",
    why: {
      en: "Without it a download that broke off is taken for a whole one, and the build goes on. The image that comes of it fails where nobody expects it.",
      ru: "Без этого оборвавшаяся загрузка считается полной, и сборка идёт дальше. Получившийся образ откажет там, где этого никто не ждёт.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: [],
  },
  check: (subject) => {
    const shells = everywhere(subject, "SHELL");
    if (shells.some(({ words }) => words.some((word) => /pipefail/.test(word)))) {
      return { wrong: [], looked: [{ did: "read SHELL", saw: "pipefail" }] };
    }
    return judgeEach(everywhere(subject, "RUN"), (instruction) => {
      const all = commandsOf(instruction);
      const isSet = all.some(({ argv }) => argv[0] === "set" && argv.join(" ").includes("pipefail"));
      const piped = all.find(
        ({ after }, index) =>
          after === "|" && /^(?:curl|wget|gpg|openssl)$/.test(all[index - 1]?.argv[0] ?? ""),
      );
      if (isSet || piped === undefined) return undefined;
      return {
        en: `a failure before ${piped.argv[0]} goes unseen`,
        ru: `сбой перед ${piped.argv[0]} останется незамеченным`,
      };
    });
  },
};
