/** The namespaces that Compose shares by keys of their own: host name, users, control groups. */
import { type ComposeRule, judgeKey } from "../subject.ts";

export const privateNamespaces: ComposeRule = {
  id: "private-namespaces",
  claim: {
    en: "The host's name, its users and its control groups are out of reach",
    ru: "Имя хоста, его пользователи и его контрольные группы недоступны",
  },
  fix: { en: "remove uts, userns_mode and cgroup", ru: "уберите uts, userns_mode и cgroup" },
  about: {
    severity: "medium",
    why: {
      en: "With userns_mode: host root in the container is root of the machine even where the engine would give it another number. The control groups of the host show every service there is, and its name is changed for all.",
      ru: "С userns_mode: host root в контейнере — это root машины, даже если движок дал бы ему другой номер. Контрольные группы хоста показывают все его службы, а имя хоста меняется сразу для всех.",
    },
    docker: "without --uts host, --userns host, --cgroupns host",
    kubernetes: "hostUsers: false",
    references: ["CIS-Docker@1.6.0:5.21", "CIS-Docker@1.6.0:5.31", "NIST-SP-800-190@2017-09:4.4.3"],
  },
  check(subject) {
    const { uts, usernsMode, cgroup } = subject.service.extras;
    const [key] = [
      uts === "host" ? "uts" : undefined,
      usernsMode === "host" ? "userns_mode" : undefined,
      cgroup === "host" ? "cgroup" : undefined,
    ].filter((one) => one !== undefined);
    if (key === undefined)
      return judgeKey(subject, "uts, userns_mode and cgroup", undefined, "none of them is the host's");
    return judgeKey(subject, key, { en: `${key}: host`, ru: `${key}: host` }, "host");
  },
};
