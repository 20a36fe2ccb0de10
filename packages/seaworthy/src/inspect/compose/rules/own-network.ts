/** On the default bridge every container of the machine reaches every other. */
import { type ComposeRule, judgeKey } from "../subject.ts";

export const ownNetwork: ComposeRule = {
  id: "own-network",
  claim: { en: "The stack has a network of its own", ru: "У стека своя сеть" },
  fix: { en: "remove network_mode: bridge", ru: "уберите network_mode: bridge" },
  about: {
    severity: "medium",
    why: {
      en: "The default bridge is shared by all containers that name no network, those of other projects included. A network of its own keeps them apart, and has names.",
      ru: "Мост по умолчанию общий для всех контейнеров без своей сети, в том числе из других проектов. Своя сеть разделяет их, и в ней есть имена.",
    },
    docker: "--network NAME",
    kubernetes: "NetworkPolicy",
    references: ["CIS-Docker@1.6.0:5.30", "OWASP-Docker-Security@2026-11:5", "NIST-SP-800-190@2017-09:4.3.3"],
  },
  check(subject) {
    const node = subject.node.entries.get("network_mode");
    const mode = node?.kind === "scalar" ? String(node.value) : "";
    const said = mode === "bridge" ? { en: "the default bridge", ru: "мост по умолчанию" } : undefined;
    return judgeKey(subject, "network_mode", said, mode === "" ? "not set" : mode);
  },
};
