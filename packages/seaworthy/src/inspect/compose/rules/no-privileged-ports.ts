/** Ports below 1024 are those of the machine's own services. */
import { type ComposeRule, judgeEntries } from "../subject.ts";

export const noPrivilegedPorts: ComposeRule = {
  id: "no-privileged-ports",
  claim: {
    en: "No port below 1024 of the machine is taken, but for HTTP and HTTPS",
    ru: "Порты машины ниже 1024 не заняты, кроме HTTP и HTTPS",
  },
  fix: { en: 'ports: ["127.0.0.1:8000:8000"]', ru: 'ports: ["127.0.0.1:8000:8000"]' },
  about: {
    severity: "low",
    why: {
      en: "Other programs trust what answers on those ports, because only root can open them. A container that answers there is trusted with it.",
      ru: "Другие программы доверяют тому, кто отвечает на этих портах, ведь открыть их может только root. Вместе с портом это доверие получает контейнер.",
    },
    docker: "--publish 127.0.0.1:8000:8000",
    kubernetes: "ports without hostPort",
    references: ["CIS-Docker@1.6.0:5.8"],
  },
  check: (subject) =>
    judgeEntries(subject, "ports", subject.service.ports, ({ published }) =>
      published === 0 || published >= 1024 || published === 80 || published === 443
        ? undefined
        : { en: `${published} is the machine's`, ru: `${published} — порт самой машины` },
    ),
};
