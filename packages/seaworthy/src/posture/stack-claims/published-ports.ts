/** A service answers on this machine where it is declared to, and for this machine only. */
import type { StackClaim } from "../stack-claim.ts";

export const publishedPorts: StackClaim = {
  control: "published-ports",
  claim: {
    en: "The service is published exactly as declared, and on this machine's loopback only",
    ru: "Служба опубликована ровно так, как описано, и только для самой этой машины",
  },
  key: "ports",
  about: {
    severity: "medium",
    why: {
      en: "A port without an address is open on every interface of the machine, to the whole network and past its firewall. On loopback it is for what runs on this machine, such as the proxy that has the certificates.",
      ru: "Порт без адреса открыт на всех интерфейсах машины, для всей сети и в обход её файрвола. На loopback он доступен лишь тому, что работает на этой же машине, например прокси с сертификатами.",
    },
    docker: "--publish 127.0.0.1:8000:8000",
    kubernetes: "ports without hostPort",
    references: [
      "CIS-Docker@1.6.0:5.14",
      "CIS-Docker@1.6.0:5.9",
      "OWASP-Docker-Security@2026-11:5a",
      "NIST-SP-800-190@2017-09:4.4.2",
      "Kubernetes-PSS@restricted:hostPort",
    ],
  },
  fix: {
    en: 'ports: ["127.0.0.1:8000:8000"], or no ports at all',
    ru: 'ports: ["127.0.0.1:8000:8000"] или без ports',
  },
};
