/** What a step needed only while it ran stays in its layer for ever. */
import type { Text } from "@seaworthy/evidence";
import type { Instruction } from "../../../recipe/dockerfile/instruction.ts";
import { commandsOf, withoutSudo } from "../../../recipe/dockerfile/shell.ts";
import { noLeftovers as rule } from "../../rules/no-leftovers.ts";
import { type DockerfileRule, judgeEach, shipped } from "../subject.ts";

export const noLeftovers: DockerfileRule = {
  id: rule.id,
  claim: rule.claim,
  fix: {
    en: "RUN --mount=type=cache,target=..., or remove them in the same RUN",
    ru: "RUN --mount=type=cache,target=... или удалите их в том же RUN",
  },
  about: rule.about,
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
