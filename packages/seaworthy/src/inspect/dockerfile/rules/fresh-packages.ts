/** A list of packages in a layer of its own is as old as the cache: what is installed later comes from last year. */
import { commandsOf, withoutSudo } from "../../../recipe/dockerfile/shell.ts";
import { type DockerfileRule, everywhere, judgeEach } from "../subject.ts";

export const freshPackages: DockerfileRule = {
  id: "fresh-packages",
  claim: {
    en: "Packages are installed from lists that were fetched in the same step",
    ru: "Пакеты ставятся по спискам, полученным на том же шаге",
  },
  fix: {
    en: "RUN apt-get update && apt-get install -y ...",
    ru: "RUN apt-get update && apt-get install -y ...",
  },
  about: {
    severity: "medium",
    why: {
      en: "A layer that only fetches lists is cached, so a later line installs packages, and their holes, of the day it was made. An upgrade of everything in the image is a sign of the same: a newer base does it once for all.",
      ru: "Слой, который только получает списки, кэшируется, и следующая строка ставит пакеты с дырами того дня, когда он был сделан. Обновление всего образа — признак того же: новая база делает это раз и навсегда.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:4.7", "NIST-SP-800-190@2017-09:4.2.2"],
  },
  check: (subject) =>
    judgeEach(everywhere(subject, "RUN"), (instruction) => {
      const all = commandsOf(instruction).map(({ argv }) => withoutSudo(argv));
      const does = (program: RegExp, verb: RegExp): boolean =>
        all.some(([name = "", ...rest]) => program.test(name) && rest.some((word) => verb.test(word)));
      const upgrade = all.find(
        ([name = "", ...rest]) =>
          /^(?:apt|apt-get|zypper)$/.test(name) &&
          rest.some((word) => /^(?:dist-upgrade|full-upgrade|dup)$/.test(word)),
      );
      if (upgrade !== undefined) {
        const [name, verb] = upgrade;
        return {
          en: `${name} ${verb} makes another system of the base`,
          ru: `${name} ${verb} делает из базы другую систему`,
        };
      }
      if (
        does(/^apt(?:-get)?$/, /^update$/) &&
        !does(/^(?:apt|apt-get|aptitude)$/, /^(?:install|upgrade|build-dep)$/)
      )
        return { en: "lists are fetched in a step of their own", ru: "списки получены отдельным шагом" };
      if (does(/^apk$/, /^update$/) && !does(/^apk$/, /^(?:add|upgrade)$/))
        return { en: "lists are fetched in a step of their own", ru: "списки получены отдельным шагом" };
      return undefined;
    }),
};
