/** A stage that does not exist is taken for an image of that name, and pulled from whoever has it. */
import type { Stage } from "../../../recipe/dockerfile/instruction.ts";
import type { Remark } from "../../source-rule.ts";
import { type DockerfileRule, lookedAt, remark } from "../subject.ts";

const RESERVED = ["scratch", "context"];

export const knownStages: DockerfileRule = {
  id: "known-stages",
  claim: {
    en: "Stages have names of their own, and what is copied from them is there already",
    ru: "У стадий свои имена, и копируется из них то, что уже построено",
  },
  fix: {
    en: "FROM image AS name, and COPY --from=name below it",
    ru: "FROM образ AS имя и ниже COPY --from=имя",
  },
  about: {
    severity: "high",
    why: {
      en: "A name in --from that is no stage above is pulled from a registry, where anybody may own it. A stage of the same name twice, or of an argument without a value, builds something else than what is read.",
      ru: "Имя в --from, которого нет среди стадий выше, скачивается из реестра, где им может владеть кто угодно. Повторённое имя стадии или аргумент без значения приводят к сборке не того, что написано.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:4.2", "NIST-SP-800-190@2017-09:4.1.5"],
  },
  check({ dockerfile: { stages } }) {
    const looked = stages.flatMap(({ from, instructions }) => [
      from,
      ...instructions.filter(({ keyword, flags }) => keyword === "COPY" && flags.has("from")),
    ]);
    const wrong = stages.flatMap((stage) => [...judgeName(stage, stages), ...judgeCopies(stage, stages)]);
    return { wrong, looked: lookedAt(looked, wrong.length) };
  },
};

function judgeName({ from, name, base, index }: Stage, stages: readonly Stage[]): readonly Remark[] {
  if (base === "") return [remark(from, `${from.words[0]} has no value`, `у ${from.words[0]} нет значения`)];
  if (name === undefined) return [];
  if (RESERVED.includes(name)) {
    return [remark(from, `${name} is a name that means something else`, `имя ${name} уже занято`)];
  }
  if (stages.some((other) => other.index < index && other.name === name)) {
    return [remark(from, `a stage ${name} is there already`, `стадия ${name} уже есть`)];
  }
  return [];
}

function judgeCopies({ instructions, index, name }: Stage, stages: readonly Stage[]): readonly Remark[] {
  return instructions.flatMap((copy) => {
    const [from = ""] = copy.keyword === "COPY" ? (copy.flags.get("from") ?? []) : [];
    const wanted = from.toLowerCase();
    if (wanted !== "" && (wanted === name || wanted === String(index))) {
      return [remark(copy, "it copies from its own stage", "копирование из своей же стадии")];
    }
    const isLater = stages.some(
      (stage) => stage.index > index && (stage.name === wanted || String(stage.index) === wanted),
    );
    if (isLater) return [remark(copy, `the stage ${from} comes later`, `стадия ${from} построится позже`)];
    const isNumber = /^\d+$/.test(wanted) && Number(wanted) >= stages.length;
    return isNumber ? [remark(copy, `there is no stage ${from}`, `стадии ${from} нет`)] : [];
  });
}
