/** What a service has stored outlives its container. */
import type { StackClaim } from "../stack-claim.ts";

export const dataSurvivesRestart: StackClaim = {
  control: "data-survives-restart",
  claim: {
    en: "What was stored is still there after a restart",
    ru: "Сохранённые данные остаются после перезапуска",
  },
  key: "volumes",
  about: {
    severity: "medium",
    why: {
      en: "What is written into a container's own file system goes with the container, at the next deployment at the latest. That a volume is mounted somewhere does not say that the data lie in it.",
      ru: "Записанное в собственную файловую систему контейнера исчезает вместе с ним, самое позднее при следующем развёртывании. То, что том куда-то смонтирован, ещё не значит, что данные лежат в нём.",
    },
    docker: "--mount type=volume,src=data,dst=/var/lib/postgresql/data",
    kubernetes: "volumeClaimTemplates",
    references: [],
  },
  fix: { en: "volumes: [data:/path/of/the/data]", ru: "volumes: [data:/путь/к/данным]" },
};
