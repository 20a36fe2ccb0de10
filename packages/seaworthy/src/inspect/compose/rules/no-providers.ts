/** A provider is no container: a program of the host, with the rights of whoever calls Compose. */
import { type ComposeRule, judgeKey, NOTHING } from "../subject.ts";

export const noProviders: ComposeRule = {
  id: "no-providers",
  claim: {
    en: "The service is a container, and no program of the host",
    ru: "Служба — контейнер, а не программа хоста",
  },
  fix: { en: "an image in place of the provider", ru: "image вместо provider" },
  about: {
    severity: "high",
    why: {
      en: "Compose starts the provider's program on the machine itself, as the user who calls it. Nothing of what confines containers holds for it.",
      ru: "Compose запускает программу провайдера на самой машине, от имени вызвавшего. Ничто из того, что ограничивает контейнеры, на неё не действует.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["NIST-SP-800-190@2017-09:4.4.5"],
  },
  check(subject) {
    const node = subject.node.entries.get("provider");
    if (node === undefined) return NOTHING;
    return judgeKey(subject, "provider", { en: "a program of the host", ru: "программа хоста" }, "provider");
  },
};
