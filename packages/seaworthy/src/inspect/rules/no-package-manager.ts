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
  about: {
    severity: "low",
    why: {
      en: "A package manager is a download tool with root in mind: it fetches and unpacks whatever an intruder misses. An image that is not changed while it runs has no use for one.",
      ru: "Менеджер пакетов — средство загрузки, рассчитанное на root: он скачает и распакует всё, чего не хватает злоумышленнику. Образу, который не меняется во время работы, он ни к чему.",
    },
    docker: "in the image",
    kubernetes: "in the image",
    references: ["CIS-Docker@1.6.0:4.3", "OWASP-Docker-Security@2026-11:13", "NIST-SP-800-190@2017-09:4.1.2"],
  },
  check: (image) =>
    forbidPaths(image, { en: "package manager", ru: "менеджер пакетов" }, (entry) =>
      MANAGERS.has(programName(entry) ?? ""),
    ),
};
