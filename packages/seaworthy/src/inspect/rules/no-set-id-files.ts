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
  check: (image) =>
    forbidPaths(
      image,
      { en: "set-uid or set-gid file", ru: "файл с битом set-uid или set-gid" },
      (entry) => entry.kind === "file" && (entry.mode & 0o6000) !== 0,
    ),
};
