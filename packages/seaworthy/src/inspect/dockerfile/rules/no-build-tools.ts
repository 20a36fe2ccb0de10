/** A compiler in the image makes a program of whatever an intruder can write. */
import { installed } from "../../../recipe/dockerfile/shell.ts";
import { noBuildTools as rule } from "../../rules/no-build-tools.ts";
import { type DockerfileRule, judgeCommands, shipped } from "../subject.ts";

const TOOLS =
  /^(?:build-essential|build-base|gcc|g\+\+|clang|make|cmake|autoconf|automake|golang(?:-go)?|rustc|cargo|git|gdb|strace|nmap|netcat(?:-\w+)?|ncat|telnet|tcpdump|socat|.+-dev(?:el)?)$/;

export const noBuildTools: DockerfileRule = {
  id: rule.id,
  claim: rule.claim,
  fix: {
    en: "a stage of its own for building, and COPY --from of what it made",
    ru: "отдельная стадия для сборки и COPY --from её результата",
  },
  about: rule.about,
  check: (subject) =>
    judgeCommands(shipped(subject, "RUN"), (command, all) => {
      const removed = new Set(
        all
          .filter(({ argv }) => argv.some((word) => /^(?:purge|remove|del|autoremove)$/.test(word)))
          .flatMap(({ argv }) => argv),
      );
      // `apk add --virtual .build gcc` and `apk del .build` in one step leave nothing.
      const virtual =
        command.argv[command.argv.findIndex((word) => /^(?:-t|--virtual)$/.test(word)) + 1] ?? "";
      if (removed.has(virtual) && virtual !== "") return undefined;
      const tool = installed(command).find((name) => TOOLS.test(name) && !removed.has(name));
      return tool === undefined
        ? undefined
        : { en: `${tool} stays in the image`, ru: `${tool} остаётся в образе` };
    }),
};
