/** A database or cache is for the services of its own stack. */
import type { StackClaim } from "../stack-claim.ts";

export const datastoreUnreachable: StackClaim = {
  control: "datastore-unreachable",
  claim: {
    en: "The data store cannot be reached from the host",
    ru: "Хранилище данных недоступно с хоста",
  },
  key: "ports",
  about: {
    severity: "high",
    why: {
      en: "A database is for the services of its stack, and a published port invites everybody who finds it to try passwords. Published ports also pass by the rules of most hosts' firewalls.",
      ru: "База данных нужна службам своего стека, а опубликованный порт приглашает подбирать пароли каждого, кто его найдёт. К тому же опубликованные порты обходят правила файрвола большинства хостов.",
    },
    docker: "without --publish",
    kubernetes: "a Service of type ClusterIP",
    references: ["CIS-Docker@1.6.0:5.9", "OWASP-Docker-Security@2026-11:5a", "NIST-SP-800-190@2017-09:4.4.2"],
  },
  fix: { en: "remove ports", ru: "уберите ports" },
};
