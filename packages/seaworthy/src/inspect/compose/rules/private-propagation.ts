/** With shared propagation a mount that is made inside appears outside. */
import { type ComposeRule, judgeEntries } from "../subject.ts";

export const privatePropagation: ComposeRule = {
  id: "private-propagation",
  claim: { en: "What is mounted inside stays inside", ru: "То, что смонтировано внутри, остаётся внутри" },
  fix: { en: "remove shared and rshared from the mount", ru: "уберите shared и rshared у монтирования" },
  about: {
    severity: "medium",
    why: {
      en: "Mounts of a shared folder are the same on both sides. Whoever can mount in the container changes what the host sees in that folder.",
      ru: "Монтирования в папке с shared видны с обеих сторон. Тот, кто может монтировать в контейнере, меняет то, что видит в этой папке хост.",
    },
    docker: "--volume without :shared",
    kubernetes: "volumeMounts.mountPropagation: None",
    references: ["CIS-Docker@1.6.0:5.20", "NIST-SP-800-190@2017-09:4.5.5"],
  },
  check: (subject) =>
    judgeEntries(subject, "volumes", subject.service.mounts, (mount) =>
      mount.kind === "bind" && /^r?shared$/.test(mount.propagation ?? "")
        ? {
            en: `${mount.target} is ${mount.propagation}`,
            ru: `у ${mount.target} режим ${mount.propagation}`,
          }
        : undefined,
    ),
};
