/** A package manager fetches and runs whatever it is told to. */
import { forbidPaths, programName, type Rule } from "../rule.ts";

const MANAGERS = new Set([
  ...["apt", "apt-get", "aptitude", "dpkg", "apk", "yum", "dnf", "microdnf", "rpm", "zypper", "pacman"],
  ...["npm", "npx", "yarn", "pnpm", "corepack", "pip", "pip3", "gem", "cargo"],
]);

export const noPackageManager: Rule = {
  id: "no-package-manager",
  claim: { en: "The image has no package manager", ru: "В образе нет менеджера пакетов" },
  fix: { en: "Leave out the package that brings it", ru: "Исключите пакет, который его приносит" },
  key: "image",
  check: (image) =>
    forbidPaths(image, { en: "package manager", ru: "менеджер пакетов" }, (entry) =>
      MANAGERS.has(programName(entry) ?? ""),
    ),
};
