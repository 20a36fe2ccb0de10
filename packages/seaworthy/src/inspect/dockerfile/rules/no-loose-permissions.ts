/** A file that everybody may change is a file that an intruder changes; a set-user-id file makes anybody its owner. */
import type { Text } from "@seaworthy/evidence";
import { withoutSudo } from "../../../recipe/dockerfile/shell.ts";
import { type DockerfileRule, judgeCommands, judgeEach, shipped } from "../subject.ts";

export const noLoosePermissions: DockerfileRule = {
  id: "no-loose-permissions",
  claim: {
    en: "No file is made writable for everybody, or set-user-id",
    ru: "Ни один файл не делается доступным для записи всем или set-user-id",
  },
  fix: { en: "chmod 755 for programs, 644 for files", ru: "chmod 755 для программ, 644 для файлов" },
  about: {
    severity: "medium",
    why: {
      en: "What everybody may write, a service that is broken into may write, its own program included. A set-user-id program runs as its owner, whoever starts it.",
      ru: "То, что может менять любой, может менять и взломанная служба, включая собственную программу. Программа с set-user-id работает от имени владельца, кто бы её ни запустил.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:4.8", "NIST-SP-800-190@2017-09:4.1.2"],
  },
  check(subject) {
    const runs = judgeCommands(shipped(subject, "RUN"), ({ argv }) => {
      const [program = "", ...rest] = withoutSudo(argv);
      if (program !== "chmod") return undefined;
      return judgeMode(
        rest.find((word) => !word.startsWith("-") || /^-[rwxst]+$/.test(word)) ?? "",
        "chmod ",
      );
    });
    const copies = judgeEach(shipped(subject, "COPY", "ADD"), ({ flags }) =>
      judgeMode(flags.get("chmod")?.[0] ?? "", "--chmod="),
    );
    return { wrong: [...runs.wrong, ...copies.wrong], looked: [...runs.looked, ...copies.looked] };
  },
};

function judgeMode(mode: string, by: string): Text | undefined {
  const isOpen: Text = { en: `${by}${mode}: everybody may write`, ru: `${by}${mode}: писать может любой` };
  const isSetId: Text = {
    en: `${by}${mode}: runs as its owner`,
    ru: `${by}${mode}: работает от имени владельца`,
  };
  const [, special = "0", bits] = /^0?([0-7])?([0-7]{3})$/.exec(mode) ?? [];
  if (bits !== undefined) {
    if (Number(special) >= 2) return isSetId;
    // In a sticky folder everybody changes what is their own.
    return special === "0" && /[2367]$/.test(bits) ? isOpen : undefined;
  }
  for (const clause of mode.split(",")) {
    const [, who = "", rights = ""] = /^([ugoa]*)[+=]([rwxXst]*)$/.exec(clause) ?? [];
    if (rights.includes("w") && /[oa]/.test(who) && !rights.includes("t")) return isOpen;
    if (rights.includes("s") && who !== "o") return isSetId;
  }
  return undefined;
}
