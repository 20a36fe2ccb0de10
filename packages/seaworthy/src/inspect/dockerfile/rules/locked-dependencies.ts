/** Without a lock every build is of other versions, and the newest may be of somebody else. */
import type { Text } from "@seaworthy/evidence";
import { type ShellCommand, withoutSudo } from "../../../recipe/dockerfile/shell.ts";
import { type DockerfileRule, everywhere, judgeCommands } from "../subject.ts";

export const lockedDependencies: DockerfileRule = {
  id: "locked-dependencies",
  claim: {
    en: "Libraries are installed from a lock file, or by exact version",
    ru: "Библиотеки ставятся по файлу блокировки или с точной версией",
  },
  fix: {
    en: "npm ci, pip install --require-hashes -r requirements.txt, go install NAME@v1.2.3",
    ru: "npm ci, pip install --require-hashes -r requirements.txt, go install ИМЯ@v1.2.3",
  },
  about: {
    severity: "medium",
    why: {
      en: "A name without a version is whatever its owner, or a thief of the owner's password, published last. A lock makes the build fail instead of taking it.",
      ru: "Имя без версии — это то, что последним опубликовал владелец или тот, кто украл его пароль. С файлом блокировки сборка остановится, а не примет чужое.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: [
      "CIS-Docker@1.6.0:4.11",
      "OWASP-Docker-Security@2026-11:13",
      "NIST-SP-800-190@2017-09:4.1.5",
    ],
  },
  check: (subject) => judgeCommands(everywhere(subject, "RUN"), judge),
};

function judge({ argv }: ShellCommand): Text | undefined {
  const [program = "", verb = "", ...rest] = pythonModule(withoutSudo(argv));
  const names = namesIn(rest);
  const has = (...flags: readonly string[]): boolean =>
    rest.some((word) => flags.some((flag) => word.startsWith(flag)));
  const free = (isExact: RegExp): string | undefined =>
    names.find(
      (name) => !isExact.test(name) && !/^(?:[./$~]|[a-z+]+:\/\/)|\.(?:whl|tgz|tar\.gz|gem)$/.test(name),
    );
  switch (program.replace(/^.*\//, "").replace(/^pip3?(?:\.\d+)?$/, "pip")) {
    case "npm": {
      if (!/^(?:install|i|add)$/.test(verb)) return undefined;
      const name = free(/.@(?:\d|[a-f0-9]{40}|\$)/);
      if (name !== undefined) return unlocked(`npm ${verb} ${name}`);
      return names.length === 0 ? unlocked(`npm ${verb}`, "npm ci") : undefined;
    }
    case "yarn":
      return /^(?:install)?$/.test(verb) && !has("--frozen-lockfile", "--immutable")
        ? unlocked("yarn install")
        : undefined;
    case "pnpm":
      return /^(?:install|i)$/.test(verb) && !has("--frozen-lockfile") ? unlocked("pnpm install") : undefined;
    case "pip": {
      if (verb !== "install" || has("-r", "--requirement", "-c", "--constraint", "--require-hashes"))
        return undefined;
      const name = free(/==|===|@|^\$/);
      return name === undefined ? undefined : unlocked(`pip install ${name}`);
    }
    case "gem":
      return verb === "install" && !has("-v", "--version") && free(/:\d/) !== undefined
        ? unlocked(`gem install ${names[0]}`)
        : undefined;
    case "go": {
      const name = verb === "install" ? names.find((one) => /@(?:latest|master|main)$/.test(one)) : undefined;
      return name === undefined ? undefined : unlocked(`go install ${name}`);
    }
    case "cargo":
      return verb === "install" && !has("--locked", "--version", "--path") && names.length > 0
        ? unlocked(`cargo install ${names[0]}`)
        : undefined;
    default:
      return undefined;
  }
}

/** `python -m pip install` is `pip install`. */
function pythonModule(argv: readonly string[]): readonly string[] {
  return /^(?:\S*\/)?python\d?(?:\.\d+)?$/.test(argv[0] ?? "") && argv[1] === "-m" ? argv.slice(2) : argv;
}

const WITH_VALUE =
  /^(?:-[tico]|--(?:target|index-url|prefix|registry|root|constraint|platform|find-links|cache|extra-index-url|trusted-host|proxy|timeout|retries))$/;

/** Up to a redirection; values of options are none. */
function namesIn(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => /^[<>]/.test(word));
  const own = end === -1 ? words : words.slice(0, end);
  return own.filter(
    (word, index) => word !== "" && !word.startsWith("-") && !WITH_VALUE.test(own[index - 1] ?? ""),
  );
}

function unlocked(what: string, better?: string): Text {
  const hint = better === undefined ? "" : `; ${better}`;
  return { en: `${what} takes the newest version${hint}`, ru: `${what} берёт новейшую версию${hint}` };
}
