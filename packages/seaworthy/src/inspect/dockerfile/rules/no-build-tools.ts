/** A compiler in the image makes a program of whatever an intruder can write. */
import { installed } from "../../../recipe/dockerfile/shell.ts";
import { type DockerfileRule, judgeCommands, shipped } from "../subject.ts";

const TOOLS =
  /^(?:build-essential|build-base|gcc|g\+\+|clang|make|cmake|autoconf|automake|golang(?:-go)?|rustc|cargo|git|gdb|strace|nmap|netcat(?:-\w+)?|ncat|telnet|tcpdump|socat|.+-dev(?:el)?)$/;

export const noBuildTools: DockerfileRule = {
  id: "no-build-tools",
  claim: {
    en: "No compiler, debugger or network tool is installed into the image that ships",
    ru: "В готовый образ не ставятся компиляторы, отладчики и сетевые утилиты",
  },
  fix: {
    en: "a stage of its own for building, and COPY --from of what it made",
    ru: "отдельная стадия для сборки и COPY --from её результата",
  },
  about: {
    severity: "low",
    why: {
      en: "Tools that the service never calls are there for whoever breaks into it. They also have more holes than most services.",
      ru: "Инструменты, которые служба никогда не вызывает, достаются тому, кто её взломает. К тому же дыр в них больше, чем в большинстве служб.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:4.3", "NIST-SP-800-190@2017-09:4.1.2"],
  },
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
