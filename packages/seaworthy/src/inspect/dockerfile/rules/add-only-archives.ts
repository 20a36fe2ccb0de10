/** `ADD` unpacks archives and fetches addresses; `COPY` does only what it says. */
import { type DockerfileRule, everywhere, judgeEach } from "../subject.ts";

const ARCHIVE = /\.(?:tar|tar\.\w+|tgz|tbz2?|txz|tzst)$/;

export const addOnlyArchives: DockerfileRule = {
  id: "add-only-archives",
  claim: {
    en: "Files are copied with COPY, which unpacks and fetches nothing",
    ru: "Файлы копируются командой COPY, которая ничего не распаковывает и не скачивает",
  },
  fix: { en: "COPY in place of ADD", ru: "COPY вместо ADD" },
  about: {
    severity: "low",
    why: {
      en: "With ADD a file that turns out to be an archive is unpacked over whatever lies there. COPY has no such surprise.",
      ru: "С ADD файл, оказавшийся архивом, распаковывается поверх того, что уже лежит на этом месте. У COPY таких неожиданностей нет.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:4.9"],
  },
  check: (subject) =>
    judgeEach(everywhere(subject, "ADD"), ({ words, heredocs }) => {
      const sources = words.slice(0, -1);
      const plain = sources.find((one) => !/^(?:[a-z]+:\/\/|git@)/.test(one) && !ARCHIVE.test(one));
      if (plain === undefined || heredocs.length > 0) return undefined;
      return { en: `ADD ${plain} is no archive`, ru: `ADD ${plain} — не архив` };
    }),
};
