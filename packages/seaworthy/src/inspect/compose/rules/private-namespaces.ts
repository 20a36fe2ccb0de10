/** The namespaces that Compose shares by keys of their own, and that no attack of ours tells apart: users, control groups. */
import { type ComposeRule, judgeKey } from "../subject.ts";

export const privateNamespaces: ComposeRule = {
  id: "private-namespaces",
  claim: {
    en: "The host's users and its control groups are out of reach",
    ru: "Пользователи хоста и его контрольные группы недоступны",
  },
  fix: {
    en: "remove userns_mode, cgroup and cgroup_parent",
    ru: "уберите userns_mode, cgroup и cgroup_parent",
  },
  about: {
    severity: "medium",
    why: {
      en: "With userns_mode: host root in the container is root of the machine even where the engine would give it another number. The control groups of the host show every service there is, and in a group of another owner that owner's limits count.",
      ru: "С userns_mode: host root в контейнере — это root машины, даже если движок дал бы ему другой номер. Контрольные группы хоста показывают все его службы, а в чужой группе действуют лимиты её владельца.",
    },
    docker: "without --userns host, --cgroupns host, --cgroup-parent",
    kubernetes: "hostUsers: false",
    references: ["CIS-Docker@1.6.0:5.25", "CIS-Docker@1.6.0:5.31", "NIST-SP-800-190@2017-09:4.4.3"],
  },
  check(subject) {
    const { usernsMode, cgroup, cgroupParent } = subject.service.extras;
    if (cgroupParent !== undefined) {
      const found = `cgroup_parent: ${cgroupParent}`;
      return judgeKey(subject, "cgroup_parent", { en: found, ru: found }, cgroupParent);
    }
    const [key] = [
      usernsMode === "host" ? "userns_mode" : undefined,
      cgroup === "host" ? "cgroup" : undefined,
    ].filter((one) => one !== undefined);
    if (key === undefined)
      return judgeKey(
        subject,
        "userns_mode, cgroup and cgroup_parent",
        undefined,
        "none of them is the host's",
      );
    return judgeKey(subject, key, { en: `${key}: host`, ru: `${key}: host` }, "host");
  },
};
