/** The host's name is the host's. */
import type { Control } from "../control.ts";

export const privateUts: Control = {
  id: "private-uts",
  claim: {
    en: "The host's name is out of reach",
    ru: "Имя хоста недоступно",
  },
  key: "uts",
  mechanism: { en: "the UTS namespace", ru: "пространство имён UTS" },
  about: {
    severity: "low",
    why: {
      en: "A container that shares the host's name can rename the host where it has the right to. Logs, clusters and certificates then speak of another machine.",
      ru: "Контейнер, который делит с хостом его имя, может переименовать хост, если у него есть такое право. Тогда журналы, кластеры и сертификаты говорят о другой машине.",
    },
    docker: "without --uts host",
    kubernetes: "without hostNetwork, which brings the host's name along",
    references: ["CIS-Docker@1.6.0:5.21", "NIST-SP-800-190@2017-09:4.4.3"],
  },
  fix: { en: "remove uts: host", ru: "уберите uts: host" },
  apply: (container) => ({ ...container, uts: "private" }),
  loosen: (container) => ({
    container: { ...container, uts: "host" },
    difference: { en: "uts: host", ru: "uts: host" },
  }),
};
