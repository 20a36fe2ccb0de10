/** Somebody takes note of processes that have ended, also of those whose parent did not live to. */
import type { StackClaim } from "../stack-claim.ts";

export const noZombies: StackClaim = {
  control: "no-zombies",
  claim: {
    en: "A process that lost its parent is not left behind as a zombie",
    ru: "Процесс, потерявший родителя, не остаётся зомби",
  },
  key: "init",
  about: {
    severity: "low",
    why: {
      en: "The first process of a container inherits every orphan in it, and one that does not wait for them (Node.js, Redis, uvicorn) keeps each as a zombie. They count against the limit of processes, until nothing more can be started, the health check first.",
      ru: "Первый процесс контейнера наследует всех его сирот, и если он их не ждёт (Node.js, Redis, uvicorn), каждый остаётся зомби. Они занимают место в лимите процессов, пока не станет нельзя запустить ничего нового, и первой — проверку здоровья.",
    },
    docker: "--init",
    kubernetes: "shareProcessNamespace: true, or an init in the image",
    references: [],
  },
  fix: {
    en: "init: true, or a first process that waits for its children, adopted ones too",
    ru: "init: true либо первый процесс, который ждёт и своих, и усыновлённых детей",
  },
};
