/** A compiler in the image makes a program of whatever an intruder can write; a network tool fetches the rest. */
import { posix } from "node:path";
import type { Text } from "@seaworthy/evidence";
import { calledPrograms } from "../called-programs.ts";
import { forbidPaths, ofBacking, programName, type Rule } from "../rule.ts";

export const noBuildTools: Rule = {
  id: "no-build-tools",
  claim: {
    en: "The image has no compiler, debugger or network tool that the service does not call",
    ru: "В образе нет компиляторов, отладчиков и сетевых утилит, которые служба не вызывает",
  },
  fix: {
    en: "Build in a stage of its own, and leave out the package that brings the tool",
    ru: "Собирайте в отдельной стадии и исключите пакет, который приносит инструмент",
  },
  key: "image",
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
  check(image) {
    const { argv, healthCheck } = image.runs;
    const words = [...calledPrograms(argv), ...calledPrograms(healthCheck)];
    const called = new Set(words.map((word) => posix.basename(word)).filter(isTool));
    const but = [...called].join(", ");
    const what: Text =
      but === ""
        ? { en: "compiler, debugger or network tool", ru: "компилятор, отладчик или сетевая утилита" }
        : {
            en: `compiler, debugger or network tool but what the service calls (${but})`,
            ru: `компилятор, отладчик или сетевая утилита, кроме вызываемых службой (${but})`,
          };
    return (
      ofBacking(image) ??
      forbidPaths(image, what, (entry) => {
        const name = programName(entry) ?? "";
        return isTool(name) && !called.has(name);
      })
    );
  },
};

const TOOLS = new Set([
  ...["gcc", "g++", "cc", "c++", "cpp", "clang", "clang++", "tcc", "rustc", "go", "javac", "gfortran"],
  ...[
    "as",
    "ld",
    "ld.bfd",
    "ld.gold",
    "ld.lld",
    "lld",
    "make",
    "gmake",
    "cmake",
    "ninja",
    "autoconf",
    "automake",
  ],
  ...["gdb", "gdbserver", "lldb", "strace", "ltrace", "perf", "bpftrace", "git"],
  ...["curl", "wget", "aria2c", "nc", "nc.openbsd", "nc.traditional", "netcat", "ncat", "socat", "nmap"],
  ...["ssh", "scp", "sftp", "rsync", "telnet", "ftp", "tftp", "lftp", "tcpdump", "tshark"],
]);

/** `gcc`, and `x86_64-linux-gnu-gcc-12` as well. */
function isTool(name: string): boolean {
  return TOOLS.has(name.replace(/^\w+-(?:\w+-)?linux-(?:gnu|musl)\w*-/, "").replace(/-\d[\d.]*$/, ""));
}
