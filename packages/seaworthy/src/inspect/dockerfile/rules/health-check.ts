/** A check that calls a program the image lacks fails for ever; without a check nobody notices a service that hangs. */
import { healthy } from "../../../posture/stack-claims/healthy.ts";
import { inherited } from "../../../recipe/dockerfile/stages.ts";
import type { Seen } from "../../source-rule.ts";
import { type DockerfileRule, judgeEach, lookedAt, missingFrom, remark } from "../subject.ts";

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
    return judgeEach([last], (instruction) => missingFrom(subject, instruction));
  },
};
