/** A check that calls a program the image lacks fails for ever; without a check nobody notices a service that hangs. */
import { healthy } from "../../../posture/stack-claims/healthy.ts";
import type { Instruction } from "../../../recipe/dockerfile/instruction.ts";
import { commandsOf, installed } from "../../../recipe/dockerfile/shell.ts";
import { baseImage, inherited } from "../../../recipe/dockerfile/stages.ts";
import type { Remark, Seen } from "../../source-rule.ts";
import { hasProgram } from "../known-bases.ts";
import { type DockerfileRule, type DockerfileSubject, lookedAt, remark, shipped } from "../subject.ts";

export const healthCheck: DockerfileRule = {
  id: healthy.control,
  claim: healthy.claim,
  fix: {
    en: "HEALTHCHECK with a program that the image has: that of its own language, not curl",
    ru: "HEALTHCHECK с программой, которая есть в образе: средствами самого языка, а не curl",
  },
  about: healthy.about,
  check(subject): Seen {
    if (subject.overridden.healthCheck) return { wrong: [], looked: [] };
    const all = inherited(subject.target, "HEALTHCHECK");
    const last = all.at(-1);
    if (last === undefined) {
      const { from } = subject.target;
      return {
        wrong: [remark(from, "no HEALTHCHECK in any stage", "ни в одной стадии нет HEALTHCHECK")],
        looked: [{ did: `read ${subject.target.instructions.length} instructions`, saw: "no HEALTHCHECK" }],
      };
    }
    if (/^NONE\b/i.test(last.text)) {
      return { wrong: [remark(last, "it is turned off", "она отключена")], looked: lookedAt([last], 1) };
    }
    const wrong = missingPrograms(last, subject);
    return { wrong, looked: lookedAt([last], wrong.length) };
  },
};

/** Of those that source can tell. */
export function missingPrograms(instruction: Instruction, subject: DockerfileSubject): readonly Remark[] {
  const base = baseImage(subject.target);
  const added = new Set(shipped(subject, "RUN").flatMap(commandsOf).flatMap(installed));
  const isAbsent = (program: string): boolean => !added.has(program) && hasProgram(base, program) === false;
  if (instruction.exec === undefined && isAbsent("/bin/sh")) {
    return [
      remark(instruction, `it needs a shell, and ${base} has none`, `нужна оболочка, а в ${base} её нет`),
    ];
  }
  const program = commandsOf(instruction)
    .map(({ argv: [first = ""] }) => first.replace(/^(?:\/usr)?\/bin\//, ""))
    .find(isAbsent);
  if (program === undefined) return [];
  return [
    remark(
      instruction,
      `it calls ${program}, which ${base} does not have and no RUN installs`,
      `вызывает ${program}, которого в ${base} нет и которое не ставит ни один RUN`,
    ),
  ];
}
