/** Where an instruction works should not depend on the ones before it, or on the base image. */
import type { Text } from "@seaworthy/evidence";
import type { Instruction } from "../../../recipe/dockerfile/instruction.ts";
import { commandsOf } from "../../../recipe/dockerfile/shell.ts";
import { lineage } from "../../../recipe/dockerfile/stages.ts";
import { type DockerfileRule, judgeEach } from "../subject.ts";

export const absoluteWorkdir: DockerfileRule = {
  id: "absolute-workdir",
  claim: {
    en: "Every folder that is worked in is named in full",
    ru: "Каждая рабочая папка названа полностью",
  },
  fix: { en: "WORKDIR /app", ru: "WORKDIR /app" },
  about: {
    severity: "low",
    why: {
      en: "A relative folder starts where the base image ended, which another version may change. The effect of cd ends with its RUN.",
      ru: "Относительная папка начинается там, где закончил базовый образ, а другая его версия может это изменить. Действие cd кончается вместе с его RUN.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: [],
  },
  check({ dockerfile }) {
    const judged = new Map<Instruction, Text | undefined>();
    for (const stage of dockerfile.stages) {
      const before = lineage(stage)
        .slice(0, -1)
        .flatMap(({ instructions }) => instructions);
      let isSet = before.some(({ keyword }) => keyword === "WORKDIR");
      for (const instruction of stage.instructions) {
        if (instruction.keyword === "WORKDIR") {
          judged.set(
            instruction,
            isSet || isAbsolute(instruction.words[0] ?? "") ? undefined : relative(instruction),
          );
          isSet = true;
        }
        if (instruction.keyword === "COPY" || instruction.keyword === "ADD") {
          const target = instruction.words.at(-1) ?? "";
          judged.set(instruction, isSet || isAbsolute(target) ? undefined : relative(instruction));
        }
        if (instruction.keyword === "RUN") judged.set(instruction, judgeCd(instruction));
      }
    }
    return judgeEach([...judged.keys()], (instruction) => judged.get(instruction));
  },
};

function isAbsolute(path: string): boolean {
  return /^(?:["']?[/\\$]|[A-Za-z]:)/.test(path);
}

function relative({ keyword, words }: Instruction): Text {
  const path = words.at(-1) ?? "";
  return {
    en: `${keyword} to ${path} depends on the base image`,
    ru: `${keyword} в ${path} зависит от базового образа`,
  };
}

/** Where nothing follows it, it does nothing. */
function judgeCd(instruction: Instruction): Text | undefined {
  const all = commandsOf(instruction);
  const [first] = all;
  if (all.length !== 1 || first?.argv[0] !== "cd") return undefined;
  return { en: "cd has no effect beyond its RUN", ru: "cd не действует за пределами своего RUN" };
}
