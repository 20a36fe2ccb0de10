/** Copying everything brings what nobody thought of: the history, the credentials, the package manager of another stage. */
import type { Text } from "@seaworthy/evidence";
import { type DockerfileRule, type DockerfileSubject, judgeEach, shipped } from "../subject.ts";

export const neededCopies: DockerfileRule = {
  id: "needed-copies",
  claim: {
    en: "The image is given what it needs, and not whole folders that hold more",
    ru: "В образ копируется нужное, а не целые папки, где есть и лишнее",
  },
  fix: {
    en: "COPY of named files and folders, and a .dockerignore that keeps out .git and .env",
    ru: "COPY названных файлов и папок и .dockerignore, не пропускающий .git и .env",
  },
  about: {
    severity: "medium",
    why: {
      en: "Copying the whole folder takes whatever lies in it on that day: credentials, the repository's history, test data. A whole /usr/local of another stage brings its package manager and everything that was needed only to build.",
      ru: "Копирование всей папки берёт всё, что в тот день в ней лежит: учётные данные, историю репозитория, тестовые данные. Целиком скопированный /usr/local другой стадии приносит её менеджер пакетов и всё, что нужно было только для сборки.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:4.3", "CIS-Docker@1.6.0:4.10", "NIST-SP-800-190@2017-09:4.1.2"],
  },
  check: (subject) =>
    judgeEach(shipped(subject, "COPY", "ADD"), ({ words, flags, heredocs }) => {
      const sources = heredocs.length > 0 ? [] : words.slice(0, -1);
      const stage = flags.get("from")?.[0];
      return stage === undefined ? judgeContext(sources, flags, subject) : judgeStage(sources, stage);
    }),
};

const WHOLE = /^(?:\.\/?|\/|\*|\.\/\*)$/;
/** What a folder of source always has, and an image never needs. */
const UNWANTED =
  /^(?:\.git\/|\.env(?:$|\.)|\.ssh\/|\.aws\/|node_modules\/|Dockerfile$|(?:docker-)?compose\.ya?ml$)/;

function judgeContext(
  sources: readonly string[],
  flags: ReadonlyMap<string, unknown>,
  { context }: DockerfileSubject,
): Text | undefined {
  const whole = sources.find((source) => WHOLE.test(source));
  if (whole === undefined || flags.has("exclude")) return undefined;
  const found = context?.files.find((path) => UNWANTED.test(path));
  if (found !== undefined) return { en: `${whole} brings ${found}`, ru: `${whole} приносит ${found}` };
  if (context !== undefined && context.ignored.length > 0) return undefined;
  return {
    en: `${whole} brings whatever lies in the folder, and no .dockerignore keeps anything out`,
    ru: `${whole} приносит всё, что лежит в папке, и нет .dockerignore, который бы что-то отсеивал`,
  };
}

/** Folders that a package manager or a whole system lives in. */
const SYSTEM =
  /^\/(?:usr(?:\/(?:local(?:\/(?:bin|lib|lib\/python[\d.]+|lib\/node_modules))?|bin|lib|share))?|bin|lib|etc|opt|var|root|home)?\/?$/;

function judgeStage(sources: readonly string[], stage: string): Text | undefined {
  const whole = sources.find((source) => SYSTEM.test(source));
  if (whole === undefined) return undefined;
  return {
    en: `all of ${whole} comes from ${stage}, its package manager included`,
    ru: `из ${stage} копируется весь ${whole}, вместе с менеджером пакетов`,
  };
}
