/** A shell is what turns a small hole into a comfortable one. */
import { forbidPaths, ofBacking, programName, type Rule } from "../rule.ts";

const SHELLS = new Set([
  "sh",
  "bash",
  "dash",
  "ash",
  "zsh",
  "ksh",
  "mksh",
  "csh",
  "tcsh",
  "fish",
  "busybox",
  "toybox",
]);

export const noShell: Rule = {
  id: "no-shell",
  claim: { en: "The image has no shell", ru: "В образе нет командной оболочки" },
  fix: {
    en: "Leave out the package that brings the shell",
    ru: "Исключите пакет, который приносит оболочку",
  },
  key: "image",
  about: {
    severity: "low",
    why: {
      en: "Most attacks end by running a command, and a command needs a shell. Where there is none, a hole that lets somebody choose an argument is not yet a way in.",
      ru: "Большинство атак заканчивается запуском команды, а команде нужна оболочка. Где её нет, дыра, позволяющая выбрать аргумент, ещё не путь внутрь.",
    },
    docker: "in the image: from scratch or distroless",
    kubernetes: "in the image: from scratch or distroless",
    references: ["CIS-Docker@1.6.0:4.3", "OWASP-Docker-Security@2026-11:13", "NIST-SP-800-190@2017-09:4.1.2"],
  },
  check: (image) =>
    ofBacking(image) ??
    forbidPaths(image, { en: "shell", ru: "оболочка" }, (entry) => SHELLS.has(programName(entry) ?? "")),
};
