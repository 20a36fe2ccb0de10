/** What is fetched while building and not compared with anything is whatever the other side sends. */
import type { Text } from "@seaworthy/evidence";
import type { Instruction } from "../../../recipe/dockerfile/instruction.ts";
import { commandsOf, type ShellCommand, withoutSudo } from "../../../recipe/dockerfile/shell.ts";
import { type DockerfileRule, everywhere, judgeEach } from "../subject.ts";

export const verifiedDownloads: DockerfileRule = {
  id: "verified-downloads",
  claim: {
    en: "Everything the build downloads is checked before it is used",
    ru: "Всё, что скачивает сборка, проверяется до использования",
  },
  fix: {
    en: "ADD --checksum=sha256:... URL, packages with signatures, and TLS with its checks on",
    ru: "ADD --checksum=sha256:... URL, пакеты с подписями и TLS с включённой проверкой",
  },
  about: {
    severity: "high",
    why: {
      en: "Whoever stands between the build and the server, or owns the server for an hour, writes the program that is built in. A checksum or a signature makes the build stop instead.",
      ru: "Тот, кто оказался между сборкой и сервером или на час завладел сервером, пишет программу, которая попадёт в образ. С контрольной суммой или подписью сборка вместо этого остановится.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: [
      "CIS-Docker@1.6.0:4.11",
      "OWASP-Docker-Security@2026-11:13",
      "NIST-SP-800-190@2017-09:4.1.5",
    ],
  },
  check: (subject) => judgeEach(everywhere(subject, "ADD", "RUN", "ENV"), judge),
};

function judge(instruction: Instruction): Text | undefined {
  if (instruction.keyword === "ADD") return judgeAdd(instruction);
  return instruction.keyword === "ENV" ? judgeEnvironment(instruction) : judgeRun(instruction);
}

function judgeAdd({ words, flags }: Instruction): Text | undefined {
  const url = words.find((word) => /^(?:https?|ftp):\/\//.test(word) && !/\.git(?:#|$)/.test(word));
  if (url === undefined || flags.has("checksum")) return undefined;
  return { en: `ADD ${url} takes what it gets`, ru: `ADD ${url} принимает всё, что придёт` };
}

const UNCHECKED =
  /^(?:NODE_TLS_REJECT_UNAUTHORIZED=0|GIT_SSL_NO_VERIFY=(?:1|true)|PYTHONHTTPSVERIFY=0|npm_config_strict_ssl=false|PIP_TRUSTED_HOST=.+)$/i;

function judgeEnvironment({ pairs }: Instruction): Text | undefined {
  const found = pairs.map(([name, value]) => `${name}=${value}`).find((pair) => UNCHECKED.test(pair));
  if (found === undefined) return undefined;
  return { en: `${found} turns the checks of TLS off`, ru: `${found} отключает проверки TLS` };
}

function judgeRun(instruction: Instruction): Text | undefined {
  const all = commandsOf(instruction);
  for (const [index, command] of all.entries()) {
    const off = checksOff(command);
    if (off !== undefined) return { en: `${off} turns checks off`, ru: `${off} отключает проверки` };
    const next = all[index + 1];
    if (isFetch(command) && next?.after === "|" && isInterpreter(next)) {
      const [program = ""] = withoutSudo(next.argv);
      return {
        en: `what is downloaded goes to ${program} unseen`,
        ru: `скачанное, никем не проверенное, исполняет ${program}`,
      };
    }
  }
  return undefined;
}

function isFetch({ argv }: ShellCommand): boolean {
  return /^(?:curl|wget)$/.test(withoutSudo(argv)[0] ?? "");
}

function isInterpreter({ argv }: ShellCommand): boolean {
  return /^(?:\S*\/)?(?:ba|da|a|z)?sh$|^(?:python\d?|perl|ruby|node)$/.test(withoutSudo(argv)[0] ?? "");
}

/** The flag that does it. */
function checksOff({ argv }: ShellCommand): string | undefined {
  const [program = "", ...rest] = withoutSudo(argv);
  const flag = (expression: RegExp): string | undefined => rest.find((word) => expression.test(word));
  switch (program.replace(/^.*\//, "")) {
    case "curl":
      return flag(/^(?:--insecure|-[a-zA-Z]*k[a-zA-Z]*)$/);
    case "wget":
      return flag(/^--no-check-certificate$/);
    case "pip":
    case "pip3":
      return flag(/^--(?:trusted-host|extra-index-url)\b/);
    case "apt":
    case "apt-get":
      return flag(/^--(?:allow-unauthenticated|force-yes|allow-insecure-repositories)$/);
    case "apk":
      return flag(/^--allow-untrusted$/);
    case "yum":
    case "dnf":
      return flag(/^--nogpgcheck$/);
    case "npm":
      return /strict-ssl[ =]false/.test(rest.join(" ")) ? "strict-ssl=false" : undefined;
    case "git":
      return (
        flag(/http\.sslVerify=false/i) ??
        (/http\.sslVerify\s+false/i.test(rest.join(" ")) ? "http.sslVerify" : undefined)
      );
    default:
      return undefined;
  }
}
