/** What is given to a build as an argument, a variable or a file stays in the image's history for everybody who has it. */
import type { Text } from "@seaworthy/evidence";
import { isLiteralSecret } from "../../../posture/secret-names.ts";
import type { Instruction } from "../../../recipe/dockerfile/instruction.ts";
import { type DockerfileRule, everywhere, judgeEach } from "../subject.ts";

export const noSecretsInBuild: DockerfileRule = {
  id: "no-secrets-in-build",
  claim: {
    en: "No secret is given to the build in a way that stays in the image",
    ru: "Секреты не передаются сборке так, чтобы они остались в образе",
  },
  fix: {
    en: "RUN --mount=type=secret,id=NAME, which leaves nothing behind",
    ru: "RUN --mount=type=secret,id=NAME — после него ничего не остаётся",
  },
  about: {
    severity: "critical",
    why: {
      en: "Arguments, variables and copied files are kept in the image's history and layers, also when a later line removes them. Everybody who can pull the image can read them.",
      ru: "Аргументы, переменные и скопированные файлы остаются в истории и слоях образа, даже если следующая строка их удаляет. Прочитать их может каждый, кому доступен образ.",
    },
    docker: "docker build --secret id=NAME,src=FILE",
    kubernetes: undefined,
    references: [
      "CIS-Docker@1.6.0:4.10",
      "OWASP-Docker-Security@2026-11:12",
      "NIST-SP-800-190@2017-09:4.1.4",
    ],
  },
  check: (subject) => judgeEach(everywhere(subject, "ARG", "ENV", "COPY", "ADD", "RUN"), judge),
};

const SECRET_FILES =
  /(?:^|\/)(?:\.env(?:\.(?!example|sample|template|dist)[\w.-]+)?|\.npmrc|\.pypirc|\.netrc|\.pgpass|\.git-credentials|\.aws|\.ssh|id_(?:rsa|dsa|ecdsa|ed25519)|credentials\.json|[^/]*\.(?:jks|keystore|ovpn))$/;
/** The forms of well-known tokens, and of credentials inside an address. */
const TOKEN =
  /\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,}|npm_[A-Za-z0-9]{36}|sk_live_\w{20,})|[a-z][a-z0-9+]*:\/\/[^\s/:@$]+:[^\s/@$]{3,}@/;

function judge({ keyword, pairs, words, text, flags }: Instruction): Text | undefined {
  if (keyword === "ARG" || keyword === "ENV") {
    // A default of its own is in the file; an argument that is given stays in the history, whatever its value.
    const found = pairs.find(([name, value]) =>
      isLiteralSecret(name, value ?? (keyword === "ARG" ? "given" : "")),
    );
    if (found === undefined) return undefined;
    return {
      en: `${keyword} ${found[0]} stays in the image's history`,
      ru: `${keyword} ${found[0]} остаётся в истории образа`,
    };
  }
  if (keyword === "RUN") {
    if (!TOKEN.test(text)) return undefined;
    return {
      en: "a password or token is part of the command",
      ru: "пароль или токен записан в самой команде",
    };
  }
  const file = flags.has("from") ? undefined : words.slice(0, -1).find((source) => SECRET_FILES.test(source));
  if (file === undefined) return undefined;
  return { en: `${file} becomes part of a layer`, ru: `${file} становится частью слоя` };
}
