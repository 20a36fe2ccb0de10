/** A shell is what turns a small hole into a comfortable one. */
import { forbidPaths, programName, type Rule } from "../rule.ts";

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
  check(image) {
    if (image.role === "backing") {
      return {
        verdict: "absent",
        summary: {
          en: "asked of the app's image only",
          ru: "требуется только от образа приложения",
        },
        steps: [{ did: `looked at the role of ${image.service}`, saw: "backing service" }],
      };
    }
    return forbidPaths(image, { en: "shell", ru: "оболочка" }, (entry) =>
      SHELLS.has(programName(entry) ?? ""),
    );
  },
};
