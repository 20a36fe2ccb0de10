/** A variable that nobody set is empty, and `rm -rf $DIRECTORY/` says something else than was meant. */
import type { Text } from "@seaworthy/evidence";
import { closest } from "../../../recipe/closest.ts";
import type { Instruction } from "../../../recipe/dockerfile/instruction.ts";
import { variablesAt } from "../../../recipe/dockerfile/stages.ts";
import { expand } from "../../../recipe/dockerfile/variables.ts";
import { type DockerfileRule, type DockerfileSubject, judgeEach } from "../subject.ts";

export const declaredVariables: DockerfileRule = {
  id: "declared-variables",
  claim: {
    en: "Every variable has a value where it is used",
    ru: "У каждой переменной есть значение там, где она используется",
  },
  fix: {
    en: "ARG NAME again in the stage that uses it",
    ru: "повторите ARG ИМЯ в той стадии, где она нужна",
  },
  about: {
    severity: "medium",
    why: {
      en: "An argument before the first FROM ends there: in a stage it has no value unless it is declared again. A name with a slip of the pen is empty, too, and nobody complains.",
      ru: "Аргумент перед первым FROM там и кончается: в стадии у него нет значения, пока его не объявят снова. Имя с опиской тоже пусто, и никто не возражает.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: [],
  },
  check(subject) {
    const all = subject.dockerfile.stages.flatMap(({ instructions }) =>
      instructions.filter(({ keyword, text }) => USES.has(keyword) && text.includes("$")),
    );
    const froms = subject.dockerfile.stages.map(({ from }) => from);
    return judgeEach([...froms.filter(({ text }) => text.includes("$")), ...all], (instruction) =>
      instruction.keyword === "FROM" ? judgeFrom(instruction, subject) : judge(instruction, subject),
    );
  },
};

/** Where the builder puts variables in; in the others a shell does. */
const USES = new Set(["ADD", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"]);

/** Only what stands before the first `FROM`, and what builders set themselves, has a value there. */
function judgeFrom({ text }: Instruction, { dockerfile, args }: DockerfileSubject): Text | undefined {
  const value = (name: string): string | undefined => args.get(name) ?? dockerfile.args.get(name);
  const [name] = expand(text, value).unset.filter(
    (one) => !/^(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)$/.test(one),
  );
  if (name === undefined) return undefined;
  return {
    en: `${name} has no value before the first FROM`,
    ru: `у ${name} нет значения до первого FROM`,
  };
}

/** What the base image sets is not known: only a name that is declared elsewhere, or nearly, is a mistake for certain. */
function judge(instruction: Instruction, { dockerfile, args }: DockerfileSubject): Text | undefined {
  const stage = dockerfile.stages.find(({ instructions }) => instructions.includes(instruction));
  if (stage === undefined) return undefined;
  const values = variablesAt(dockerfile, stage, instruction, args);
  const declared = stage.instructions.flatMap(({ keyword, pairs }) =>
    keyword === "ARG" ? pairs.map(([name]) => name) : [],
  );
  for (const name of expand(instruction.text, (one) => values.get(one)).unset) {
    if (declared.includes(name)) continue;
    if (dockerfile.args.has(name)) {
      return {
        en: `${name} is declared before the first FROM, and not in this stage`,
        ru: `${name} объявлена до первого FROM, но не в этой стадии`,
      };
    }
    if (instruction.keyword === "ENV" && instruction.pairs.some(([own]) => own === name)) {
      // In its own value: what the base image has is kept that way, as PATH=$PATH:/app does.
      if (instruction.pairs.some(([own, text]) => own === name && text?.includes(name) === true)) continue;
      return {
        en: `${name} is set in the same ENV, which is too late for it`,
        ru: `${name} задаётся в том же ENV, а это для неё поздно`,
      };
    }
    const meant = closest(name, [...values.keys()]);
    if (meant !== undefined)
      return { en: `${name} is not set; ${meant} is`, ru: `${name} не задана, а ${meant} задана` };
  }
  return undefined;
}
