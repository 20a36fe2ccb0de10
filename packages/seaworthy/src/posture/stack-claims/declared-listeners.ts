/** What a service listens on is written down: a port that nobody has declared is one that nobody guards. */
import type { StackClaim } from "../stack-claim.ts";

export const declaredListeners: StackClaim = {
  control: "declared-listeners",
  claim: {
    en: "The service listens on no port but those that are declared",
    ru: "Служба слушает только описанные порты",
  },
  key: "expose",
  about: {
    severity: "medium",
    why: {
      en: "A debugger, a metrics page or an admin console that a library opens by itself is within reach of every service in the same network. It is found by whoever looks for it, and nobody who reads the file knows that it is there.",
      ru: "Отладчик, страница метрик или консоль управления, которую библиотека открывает сама, доступна каждой службе той же сети. Её найдёт тот, кто ищет, а читающий файл о ней не узнает.",
    },
    docker: "--expose 8000",
    kubernetes: "containers[].ports[].containerPort",
    references: ["CIS-Docker@1.6.0:5.9", "NIST-SP-800-190@2017-09:4.4.2"],
  },
  fix: {
    en: 'expose: ["9100"] for a port that others are meant to reach, and 127.0.0.1 in the program\'s configuration for any other',
    ru: 'expose: ["9100"] для порта, который нужен другим, и 127.0.0.1 в настройках программы для остальных',
  },
};
