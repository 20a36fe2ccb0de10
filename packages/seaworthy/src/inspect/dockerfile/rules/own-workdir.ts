/** A service among the system's programs cannot be told apart from them. */
import { type DockerfileRule, judgeEach, shipped } from "../subject.ts";

const SYSTEM =
  /^\/(?:bin|boot|dev|etc|lib(?:32|64|x32)?|proc|run|sbin|sys|usr(?:\/(?:bin|sbin|lib(?:32|64)?))?)(?:\/|$)/;
/** Folders below these that are made for what is not the system's. */
const OWN = /^\/(?:usr\/(?:src|local|share)|run\/[^/]+|etc\/[^/]+|usr\/lib\/[^/]+)(?:\/|$)/;

export const ownWorkdir: DockerfileRule = {
  id: "own-workdir",
  claim: {
    en: "No system folder is worked in",
    ru: "Системные папки не служат рабочими",
  },
  fix: { en: "WORKDIR /app", ru: "WORKDIR /app" },
  about: {
    severity: "low",
    why: {
      en: "What is copied and made there lies among the programs and settings of the system, and may replace one of them. It cannot be given other rights, mounted over or left out as a whole.",
      ru: "Всё скопированное и созданное там лежит среди программ и настроек системы и может заменить одну из них. Ему нельзя дать другие права, смонтировать поверх или целиком исключить.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: [],
  },
  check: (subject) =>
    judgeEach(shipped(subject, "WORKDIR"), ({ words }) => {
      const [path = ""] = words;
      if (!SYSTEM.test(path) || OWN.test(path)) return undefined;
      return { en: `${path} is the system's`, ru: `${path} — папка системы` };
    }),
};
