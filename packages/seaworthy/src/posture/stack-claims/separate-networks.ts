/** What a Compose file puts into different networks is kept apart. */
import type { StackClaim } from "../stack-claim.ts";

export const separateNetworks: StackClaim = {
  control: "separate-networks",
  claim: {
    en: "Services that share no network with it cannot reach it",
    ru: "Службы, у которых нет с ней общей сети, до неё не дотягиваются",
  },
  key: "networks",
  about: {
    severity: "high",
    why: {
      en: "Networks are named so that a service that is broken into reaches only those it has to speak to. Whether they are kept apart is up to the engine and the machine's packet filter, and nobody notices when they are not.",
      ru: "Сети разделяют затем, чтобы взломанная служба дотягивалась лишь до тех, с кем ей нужно говорить. Разделены ли они на деле, решают движок и пакетный фильтр машины, а если нет, этого никто не заметит.",
    },
    docker: "--network backend",
    kubernetes: "a NetworkPolicy for each service",
    references: ["CIS-Docker@1.6.0:5.30", "OWASP-Docker-Security@2026-11:5", "NIST-SP-800-190@2017-09:4.3.3"],
  },
  fix: {
    en: "networks: [one that the two do not share], on an engine that keeps networks apart",
    ru: "networks: [сеть, которой у этих двух нет общей] на движке, который разделяет сети",
  },
};
