/** What nobody maintains any more gets no fixes for the holes that are found in it. */
import { lineage } from "../../../recipe/dockerfile/stages.ts";
import { endedOn } from "../known-bases.ts";
import { type DockerfileRule, judgeEach } from "../subject.ts";

export const supportedBase: DockerfileRule = {
  id: "supported-base",
  claim: {
    en: "The base image is of a version that is still maintained",
    ru: "Базовый образ — версии, которая ещё поддерживается",
  },
  fix: { en: "FROM a version that is maintained", ru: "укажите в FROM поддерживаемую версию" },
  about: {
    severity: "medium",
    why: {
      en: "Holes that are found after the end of maintenance are published and never closed. Whoever looks for old versions finds the way in described.",
      ru: "Уязвимости, найденные после окончания поддержки, публикуются, но не закрываются. Тот, кто ищет старые версии, находит готовое описание взлома.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:4.4", "OWASP-Docker-Security@2026-11:0", "NIST-SP-800-190@2017-09:4.1.1"],
  },
  check({ target, today }) {
    const [root] = lineage(target);
    return judgeEach(root === undefined ? [] : [root.from], () => {
      const ended = endedOn(root?.base ?? "", today);
      if (ended === undefined) return undefined;
      return {
        en: `${root?.base} has not been maintained since ${ended}`,
        ru: `${root?.base}: поддержка закончилась ${ended}`,
      };
    });
  },
};
