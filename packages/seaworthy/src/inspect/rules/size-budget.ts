/** What is not in the image needs no patch. */
import type { Rule } from "../rule.ts";

const MEGABYTE = 1_000_000;

export const sizeBudget: Rule = {
  id: "size-budget",
  claim: { en: "The image stays within its size budget", ru: "Образ укладывается в отведённый размер" },
  fix: {
    en: "See the biggest origins in chapter C1, and leave out what the service does not use",
    ru: "Посмотрите в главе C1, что занимает больше всего места, и уберите лишнее",
  },
  key: "image",
  check(image) {
    const size = image.image.layers.reduce((sum, layer) => sum + layer.unpackedSize, 0);
    const measured = { did: "added up the unpacked layers", saw: `${size} bytes` };
    if (image.budget === undefined) {
      return {
        verdict: "absent",
        summary: { en: "no budget was set for this image", ru: "для этого образа размер не задан" },
        steps: [measured],
      };
    }
    const words = `${(size / MEGABYTE).toFixed(1)} MB / ${(image.budget / MEGABYTE).toFixed(0)} MB`;
    return {
      verdict: size <= image.budget ? "held" : "breached",
      summary: { en: words, ru: words },
      steps: [measured, { did: "compared with the budget", saw: `${image.budget} bytes` }],
    };
  },
};
