/** An image that is not pinned is another image tomorrow. */
import type { Rule } from "../rule.ts";

export const pinned: Rule = {
  id: "pinned",
  claim: {
    en: "Every byte of the image is pinned, by a lock or by its digest",
    ru: "Каждый байт образа закреплён: списком пакетов или дайджестом",
  },
  fix: {
    en: "Name the image by its digest (name:tag@sha256:...), or assemble it, locked with: seaworthy plan",
    ru: "Укажите дайджест образа (name:tag@sha256:...) или соберите образ; список создаёт: seaworthy plan",
  },
  key: "image",
  about: {
    severity: "medium",
    why: {
      en: "A tag is a name that its owner, or whoever has the owner's password, can give to another image at any time. What was tested is only what runs if every byte is named by its digest.",
      ru: "Метка — имя, которое владелец или тот, у кого его пароль, может в любой момент дать другому образу. Работает именно то, что проверяли, только если каждый байт назван дайджестом.",
    },
    docker: "name:tag@sha256:...",
    kubernetes: "image: name:tag@sha256:...",
    references: [
      "CIS-Docker@1.6.0:4.2",
      "CIS-Docker@1.6.0:5.28",
      "OWASP-Docker-Security@2026-11:13",
      "NIST-SP-800-190@2017-09:4.1.5",
    ],
  },
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
