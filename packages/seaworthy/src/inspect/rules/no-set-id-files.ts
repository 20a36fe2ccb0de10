/** A set-user-id file is the one way an unprivileged process may become root by design. */
import { forbidPaths, type Rule } from "../rule.ts";

export const noSetIdFiles: Rule = {
  id: "no-set-id-files",
  claim: {
    en: "The image has no set-uid or set-gid file",
    ru: "В образе нет файлов с битами set-uid и set-gid",
  },
  fix: {
    en: "Drop the bits when the image is made: chmod u-s,g-s",
    ru: "Снимите биты при сборке: chmod u-s,g-s",
  },
  key: "image",
  about: {
    severity: "medium",
    why: {
      en: "Each such file runs with its owner's rights for whoever starts it, so a mistake in it gives those rights away. Services do not need su, mount or ping.",
      ru: "Каждый такой файл работает с правами владельца, кто бы его ни запустил, и ошибка в нём отдаёт эти права. Службам не нужны su, mount и ping.",
    },
    docker: "in the image: chmod u-s,g-s",
    kubernetes: "in the image: chmod u-s,g-s",
    references: ["CIS-Docker@1.6.0:4.8", "OWASP-Docker-Security@2026-11:4", "NIST-SP-800-190@2017-09:4.1.2"],
  },
  check: (image) =>
    forbidPaths(
      image,
      { en: "set-uid or set-gid file", ru: "файл с битом set-uid или set-gid" },
      (entry) => entry.kind === "file" && (entry.mode & 0o6000) !== 0,
    ),
};
