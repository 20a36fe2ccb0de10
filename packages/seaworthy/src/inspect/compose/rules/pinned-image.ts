/** The image that was tested is the one that runs only if it is named by its digest, or made here from a lock. */

import { baseName } from "../../dockerfile/known-bases.ts";
import { pinned } from "../../rules/pinned.ts";
import { type ComposeRule, judgeKey, NOTHING } from "../subject.ts";

export const pinnedImage: ComposeRule = {
  ...pinned,
  check(subject) {
    const { service, image } = subject;
    if (image.from === "dockerfile" || service.image === undefined) return NOTHING;
    if (image.from === "assembled") return judgeKey(subject, "image", undefined, "made from seaworthy.lock");
    const { tag, digest } = baseName(service.image);
    if (digest !== undefined) return judgeKey(subject, "image", undefined, digest);
    const said =
      tag === undefined || tag === "latest"
        ? {
            en: `${service.image} is whatever was pushed last`,
            ru: `${service.image} — то, что опубликовали последним`,
          }
        : {
            en: `${service.image} is a tag that can be moved`,
            ru: `${service.image} — метка, которую можно переставить`,
          };
    return judgeKey(subject, "image", said, tag ?? "no tag");
  },
};
