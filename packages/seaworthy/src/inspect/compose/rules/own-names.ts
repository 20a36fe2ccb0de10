/** Two services cannot have one port or one name: the second does not start. */
import type { ComposeService } from "../../../recipe/compose-service.ts";
import { type ComposeRule, judgeEntries, judgeKey, NOTHING } from "../subject.ts";

export const ownNames: ComposeRule = {
  id: "own-names",
  claim: {
    en: "Names and published ports are the service's own",
    ru: "Имена и опубликованные порты не заняты другой службой",
  },
  fix: {
    en: "give each service another port and container_name",
    ru: "задайте каждой службе свой порт и container_name",
  },
  about: {
    severity: "medium",
    why: {
      en: "A port or a name that another service has already keeps the second from starting. Which of the two is up then depends on the order of that day.",
      ru: "Порт или имя, занятые другой службой, не дают второй запуститься. Какая из двух работает, зависит от порядка запуска в этот день.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: [],
  },
  check(subject) {
    const { project, service } = subject;
    const others = [...project.services.values()];
    const before = others.slice(0, others.indexOf(service));
    const taken = before.find(
      ({ containerName }) => containerName !== undefined && containerName === service.containerName,
    );
    if (taken !== undefined) {
      const said = {
        en: `${service.containerName} is ${taken.name}, too`,
        ru: `${service.containerName} — это и ${taken.name}`,
      };
      return judgeKey(subject, "container_name", said, service.containerName ?? "");
    }
    const ports = judgeEntries(subject, "ports", service.ports, (port) => {
      const owner = before.find(({ ports: all }) => all.some((other) => overlap(port, other)));
      if (owner === undefined) return undefined;
      return {
        en: `${port.published} is published for ${owner.name}, too`,
        ru: `${port.published} опубликован и для ${owner.name}`,
      };
    });
    if (ports.looked.length > 0) return ports;
    return service.containerName === undefined
      ? NOTHING
      : judgeKey(subject, "container_name", undefined, service.containerName);
  },
};

type Port = ComposeService["ports"][number];

function overlap(one: Port, other: Port): boolean {
  const everywhere = (address: string): boolean => address === "0.0.0.0" || address === "::";
  return (
    one.published !== 0 &&
    one.published === other.published &&
    (one.protocol ?? "tcp") === (other.protocol ?? "tcp") &&
    (one.address === other.address || everywhere(one.address) || everywhere(other.address))
  );
}
