/** What a step needed only while it ran stays in its layer for ever. */
import type { Text } from "@seaworthy/evidence";
import type { Instruction } from "../../../recipe/dockerfile/instruction.ts";
import { commandsOf, withoutSudo } from "../../../recipe/dockerfile/shell.ts";
import { type DockerfileRule, judgeEach, shipped } from "../subject.ts";

export const noLeftovers: DockerfileRule = {
  id: "no-leftovers",
  claim: {
    en: "Package managers leave no lists and caches in the image",
    ru: "После менеджеров пакетов в образе нет списков и кэшей",
  },
  fix: {
    en: "RUN --mount=type=cache,target=..., or remove them in the same RUN",
    ru: "RUN --mount=type=cache,target=... или удалите их в том же RUN",
  },
  about: {
    severity: "low",
    why: {
      en: "A layer keeps what its step left, and a later step that removes it only hides it. Lists and caches are tens of megabytes that every machine fetches and keeps.",
      ru: "Слой хранит всё, что оставил его шаг, а удаление следующим шагом лишь скрывает это. Списки и кэши — десятки мегабайт, которые скачивает и хранит каждая машина.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["NIST-SP-800-190@2017-09:4.1.2"],
  },
  check: (subject) => judgeEach(shipped(subject, "RUN"), judge),
};

/** Program, its verb, the flag that leaves nothing, and what removes the rest. */
const KEEPERS: readonly (readonly [RegExp, RegExp, RegExp, RegExp, string])[] = [
  [
    /^apt(?:-get)?$/,
    /^install$/,
    /^$/,
    /\/var\/lib\/apt|apt(?:-get)? (?:dist)?clean.*rm/,
    "/var/lib/apt/lists",
  ],
  [/^apk$/, /^add$/, /^(?:--no-cache|--cache-dir.*)$/, /\/var\/cache\/apk|apk cache clean/, "/var/cache/apk"],
  [
    /^(?:micro)?dnf$|^yum$/,
    /^install$/,
    /^$/,
    /(?:dnf|yum) (?:-y )?clean|\/var\/cache\/(?:dnf|yum|libdnf)/,
    "/var/cache/dnf",
  ],
  [/^zypper$/, /^(?:install|in)$/, /^$/, /zypper (?:clean|cc)/, "/var/cache/zypp"],
  [/^npm$/, /^(?:ci|install|i)$/, /^--cache(?:=.*)?$/, /npm cache clean|\.npm\b/, "~/.npm"],
  [/^yarn$/, /^install$/, /^--cache-folder(?:=.*)?$/, /yarn cache clean|\.cache/, "yarn's cache"],
  [/^pip3?(?:\.\d+)?$/, /^install$/, /^--no-cache-dir$/, /pip3? cache purge|\.cache/, "~/.cache/pip"],
];

function judge(instruction: Instruction): Text | undefined {
  const caches = (instruction.flags.get("mount") ?? []).some((mount) => /type=(?:cache|tmpfs)/.test(mount));
  if (caches) return undefined;
  const all = commandsOf(instruction).map(({ argv }) => withoutSudo(argv));
  const whole = all.map((argv) => argv.join(" ")).join("\n");
  for (const [program, verb, flag, removes, path] of KEEPERS) {
    const found = all.some(
      ([name = "", ...rest]) =>
        program.test(name.replace(/^.*\//, "")) &&
        rest.some((word) => verb.test(word)) &&
        !rest.some((word) => flag.test(word)),
    );
    if (found && !removes.test(whole))
      return { en: `${path} stays in the layer`, ru: `${path} остаётся в слое` };
  }
  return undefined;
}
