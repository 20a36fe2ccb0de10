/** `EXPOSE` is checked by nobody until somebody publishes it. */
import { variablesAt } from "../../../recipe/dockerfile/stages.ts";
import { expand } from "../../../recipe/dockerfile/variables.ts";
import { type DockerfileRule, judgeEach, shipped } from "../subject.ts";

export const validPorts: DockerfileRule = {
  id: "valid-ports",
  claim: { en: "Exposed ports are ports that exist", ru: "В EXPOSE указаны существующие порты" },
  fix: { en: "EXPOSE 8000, or 8000/udp", ru: "EXPOSE 8000 или 8000/udp" },
  about: {
    severity: "low",
    why: {
      en: "What reads EXPOSE, a proxy or --publish-all, publishes what stands there. A number that is no port, or a published one like 80:8000, does nothing or the wrong thing.",
      ru: "Те, кто читает EXPOSE, — прокси или --publish-all — открывают то, что там написано. Число, которое не порт, или пара вроде 80:8000 не сделает ничего или не то.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:5.9"],
  },
  check: (subject) =>
    judgeEach(shipped(subject, "EXPOSE"), (instruction) => {
      const values = variablesAt(subject.dockerfile, subject.target, instruction, subject.args);
      const wrong = instruction.words
        .map((word) => expand(word, (name) => values.get(name)).text)
        .find((word) => word !== "" && !isPort(word));
      return wrong === undefined ? undefined : { en: `${wrong} is no port`, ru: `${wrong} — не порт` };
    }),
};

function isPort(text: string): boolean {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(?:tcp|udp|sctp))?$/i.exec(text) ?? [];
  const numbers = [first, last].filter((one) => one !== undefined).map(Number);
  return numbers.length > 0 && numbers.every((one) => one >= 1 && one <= 65_535);
}
