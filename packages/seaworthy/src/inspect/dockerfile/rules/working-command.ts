/** A shell between the engine and the service keeps the stop signal to itself, and some images have none. */
import { stopsOnSignal } from "../../../posture/stack-claims/stops-on-signal.ts";
import type { Instruction } from "../../../recipe/dockerfile/instruction.ts";
import { commandsOf } from "../../../recipe/dockerfile/shell.ts";
import { inherited } from "../../../recipe/dockerfile/stages.ts";
import { type DockerfileRule, judgeEach, missingFrom } from "../subject.ts";

export const workingCommand: DockerfileRule = {
  id: stopsOnSignal.control,
  claim: stopsOnSignal.claim,
  fix: { en: 'CMD ["program", "argument"]', ru: 'CMD ["программа", "аргумент"]' },
  about: stopsOnSignal.about,
  check(subject) {
    const last = (keyword: "CMD" | "ENTRYPOINT"): readonly Instruction[] =>
      inherited(subject.target, keyword).slice(-1);
    const entrypoint = last("ENTRYPOINT");
    // An entrypoint in shell form takes no arguments: the command is not used.
    const used = entrypoint.some(({ exec }) => exec === undefined)
      ? entrypoint
      : [...entrypoint, ...last("CMD")];
    return judgeEach(used, (instruction) => {
      const missing = missingFrom(subject, instruction);
      if (missing !== undefined || instruction.exec !== undefined || isReplaced(instruction)) return missing;
      return {
        en: "in shell form the stop signal ends at the shell",
        ru: "в форме оболочки сигнал остановки получает она, а не служба",
      };
    });
  },
};

/** `exec program`: the shell becomes the service. */
function isReplaced(instruction: Instruction): boolean {
  return /(?:^|[;&|]\s*)exec\s/.test(instruction.text) || commandsOf(instruction).length === 0;
}
