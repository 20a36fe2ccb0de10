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
  about: {
    severity: "low",
    why: {
      en: "What nobody uses is still downloaded, scanned and attacked. A budget makes a dependency that doubles the image a decision and not an accident.",
      ru: "То, чем никто не пользуется, всё равно скачивают, сканируют и атакуют. При заданном размере зависимость, удваивающая образ, становится решением, а не случайностью.",
    },
    docker: "in the image",
    kubernetes: "in the image",
    references: ["CIS-Docker@1.6.0:4.3", "NIST-SP-800-190@2017-09:4.1.2"],
  },
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
