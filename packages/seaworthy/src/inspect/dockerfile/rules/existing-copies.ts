/** What is not in the build context cannot be copied; what `.dockerignore` keeps out is not in it. */
import { posix } from "node:path";
import type { BuildContext, DockerfileRule } from "../subject.ts";
import { everywhere, judgeEach } from "../subject.ts";

export const existingCopies: DockerfileRule = {
  id: "existing-copies",
  claim: {
    en: "Everything that is copied is in the build context",
    ru: "Всё, что копируется, есть в контексте сборки",
  },
  fix: {
    en: "correct the path, or let .dockerignore pass it",
    ru: "исправьте путь или пропустите его в .dockerignore",
  },
  about: {
    severity: "high",
    why: {
      en: "A build that copies what is not there fails, and most often on the machine of somebody else. A file that .dockerignore keeps out is not there, however well it can be seen.",
      ru: "Сборка, копирующая то, чего нет, падает — и чаще всего на чужой машине. Файла, который не пропускает .dockerignore, для неё нет, как бы хорошо он ни был виден.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: [],
  },
  check: (subject) => {
    const { context } = subject;
    const all = context === undefined ? [] : everywhere(subject, "COPY", "ADD");
    return judgeEach(
      all.filter(({ flags, heredocs }) => !flags.has("from") && heredocs.length === 0),
      ({ words }) => {
        const missing = words.slice(0, -1).find((source) => isMissing(source, context as BuildContext));
        if (missing === undefined) return undefined;
        return context?.ignored.some((path) => isOf(path, missing))
          ? { en: `.dockerignore keeps ${missing} out`, ru: `.dockerignore не пропускает ${missing}` }
          : { en: `${missing} is not in the build context`, ru: `${missing} нет в контексте сборки` };
      },
    );
  },
};

function isMissing(source: string, { files }: BuildContext): boolean {
  if (/^(?:[a-z]+:\/\/|git@)|[$*?[\\]/.test(source)) return false;
  return !files.some((path) => isOf(path, source));
}

/** Whether a file is the source, or lies in it. */
function isOf(path: string, source: string): boolean {
  const wanted = posix.normalize(source).replace(/^\/+|\/+$/g, "");
  return wanted === "" || wanted === "." || path === wanted || path.startsWith(`${wanted}/`);
}
