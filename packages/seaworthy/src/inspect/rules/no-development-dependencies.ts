/** Compilers and test runners that are not in the image cannot be used by whoever gets in. */
import { forbidPaths, type Rule } from "../rule.ts";

export const noDevelopmentDependencies: Rule = {
  id: "no-development-dependencies",
  claim: {
    en: "No package needed only in development is in the image",
    ru: "В образе нет пакетов, нужных только при разработке",
  },
  fix: {
    en: "Install with --omit=dev, or move the package out of devDependencies",
    ru: "Устанавливайте с --omit=dev или уберите пакет из devDependencies",
  },
  key: "build",
  about: {
    severity: "low",
    why: {
      en: "Compilers and test tools are written for machines that are trusted, and bring hundreds of packages along. Each of them is code that an attacker may find and use.",
      ru: "Компиляторы и средства тестирования написаны для доверенных машин и приносят с собой сотни пакетов. Каждый из них — код, который может найти и использовать атакующий.",
    },
    docker: "in the image: npm ci --omit=dev",
    kubernetes: "in the image: npm ci --omit=dev",
    references: ["CIS-Docker@1.6.0:4.3", "OWASP-Docker-Security@2026-11:13", "NIST-SP-800-190@2017-09:4.1.2"],
  },
  check(image) {
    if (image.developmentOnly.length === 0) {
      return {
        verdict: "absent",
        summary: {
          en: "the lock file marks no package as development only",
          ru: "в файле блокировки нет пакетов только для разработки",
        },
        steps: [{ did: "looked for packages marked dev in the lock file", saw: "none" }],
      };
    }
    const forbidden = new Set(image.developmentOnly);
    const result = forbidPaths(
      image,
      { en: "development-only package", ru: "пакет только для разработки" },
      (entry) => entry.kind === "directory" && forbidden.has(entry.path),
    );
    return {
      ...result,
      steps: [
        ...result.steps,
        { did: `compared with ${forbidden.size} packages marked dev in the lock file`, saw: result.verdict },
      ],
    };
  },
};
