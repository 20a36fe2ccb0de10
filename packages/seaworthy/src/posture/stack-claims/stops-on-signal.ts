/** A service that is told to end does, by itself and in time. */
import type { StackClaim } from "../stack-claim.ts";

export const stopsOnSignal: StackClaim = {
  control: "stops-on-signal",
  claim: {
    en: "The service ends by itself, with exit code 0, when it is told to",
    ru: "По сигналу остановки служба завершается сама, с кодом 0",
  },
  key: "stop_grace_period",
  about: {
    severity: "low",
    why: {
      en: "A first process without a handler hears nothing of the stop signal, and is killed in the middle of its work when the patience is over. Requests are lost, and every deployment takes that much longer.",
      ru: "Первый процесс без обработчика не слышит сигнала остановки, и по окончании ожидания его убивают посреди работы. Запросы теряются, а каждое развёртывание длится на это время дольше.",
    },
    docker: "--stop-signal, --stop-timeout",
    kubernetes: "terminationGracePeriodSeconds",
    references: [],
  },
  fix: {
    en: "handle the stop signal in the first process, and give it time with stop_grace_period",
    ru: "обработайте сигнал остановки в первом процессе и дайте ему время через stop_grace_period",
  },
};
