/** An image that is not pinned is another image tomorrow. */
import type { Rule } from "../rule.ts";

export const pinned: Rule = {
  id: "pinned",
  claim: {
    en: "Every byte of the image is pinned: assembled from locked packages",
    ru: "Каждый байт образа закреплён: образ собран из зафиксированных пакетов",
  },
  fix: {
    en: "Write seaworthy.lock with: seaworthy plan",
    ru: "Создайте seaworthy.lock командой: seaworthy plan",
  },
  key: "image",
  check(image) {
    if (image.pinnedBy === undefined) {
      return {
        verdict: "breached",
        summary: {
          en: `${image.image.reference} is a tag that can be moved`,
          ru: `${image.image.reference} — метка, которую можно переставить`,
        },
        steps: [{ did: "looked for a lock or a digest", saw: "neither" }],
      };
    }
    return {
      verdict: "held",
      summary: { en: image.pinnedBy, ru: image.pinnedBy },
      steps: [{ did: "computed the image's digest", saw: image.image.manifest.digest }],
    };
  },
};
