/** Of several, all but the last are ignored in silence. */
import type { Keyword } from "../../../recipe/dockerfile/instruction.ts";
import { type DockerfileRule, lookedAt, remark } from "../subject.ts";

const ONCE: readonly Keyword[] = ["CMD", "ENTRYPOINT", "HEALTHCHECK"];

export const oneOfEach: DockerfileRule = {
  id: "one-of-each",
  claim: {
    en: "A stage says once what it runs and how it is checked",
    ru: "Стадия один раз говорит, что запускать и как это проверять",
  },
  fix: { en: "remove all but the last", ru: "оставьте только последнюю" },
  about: {
    severity: "low",
    why: {
      en: "Only the last CMD, ENTRYPOINT and HEALTHCHECK of a stage count. Whoever reads the others believes something else than what runs.",
      ru: "Действуют только последние CMD, ENTRYPOINT и HEALTHCHECK стадии. Тот, кто читает остальные, думает не то, что происходит на самом деле.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: [],
  },
  check({ dockerfile }) {
    const looked = dockerfile.stages.flatMap(({ instructions }) =>
      instructions.filter(({ keyword }) => ONCE.includes(keyword)),
    );
    const wrong = dockerfile.stages.flatMap(({ instructions }) =>
      ONCE.flatMap((keyword) => {
        const all = instructions.filter((one) => one.keyword === keyword);
        return all
          .slice(0, -1)
          .map((one) =>
            remark(
              one,
              `the ${keyword} of line ${all.at(-1)?.place.line} takes its place`,
              `вместо неё действует ${keyword} в строке ${all.at(-1)?.place.line}`,
            ),
          );
      }),
    );
    return { wrong, looked: lookedAt(looked, wrong.length) };
  },
};
