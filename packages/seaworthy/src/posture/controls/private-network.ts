/** What is broken into cannot call home, and cannot reach the cloud's metadata. */
import type { Control } from "../control.ts";

export const privateNetwork: Control = {
  id: "private-network",
  claim: {
    en: "There is no way out of the stack's network: neither to the internet nor to metadata services",
    ru: "Из сети стека нет выхода: ни в интернет, ни к службам метаданных",
  },
  key: "network_mode",
  mechanism: { en: "the network namespace", ru: "сетевое пространство имён" },
  about: {
    severity: "high",
    why: {
      en: "Who has broken in wants to call home, load tools, and ask the cloud's metadata service for its keys. From a network without a way out none of it can be done.",
      ru: "Проникший хочет связаться со своими, загрузить инструменты и спросить у службы метаданных облака её ключи. Из сети без выхода наружу сделать этого нельзя.",
    },
    docker: "docker network create --internal",
    kubernetes: "NetworkPolicy with policyTypes: [Egress]",
    references: [
      "CIS-Docker@1.6.0:5.10",
      "CIS-Docker@1.6.0:5.30",
      "OWASP-Docker-Security@2026-11:5",
      "NIST-SP-800-190@2017-09:4.4.2",
      "Kubernetes-PSS@restricted:hostNetwork",
    ],
  },
  fix: {
    en: "networks with internal: true, and no network_mode: host",
    ru: "сети с internal: true, и без network_mode: host",
  },
  apply: (container) => ({ ...container, network: "private" }),
  loosen: (container) => ({
    container: { ...container, network: "host" },
    difference: { en: "network_mode: host", ru: "network_mode: host" },
  }),
};
