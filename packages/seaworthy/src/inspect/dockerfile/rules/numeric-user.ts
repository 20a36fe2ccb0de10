/** A user by number needs no `/etc/passwd` to be judged: Kubernetes asks for it. */
import { inherited } from "../../../recipe/dockerfile/stages.ts";
import { type DockerfileRule, judgeEach } from "../subject.ts";

export const numericUser: DockerfileRule = {
  id: "numeric-user",
  claim: { en: "The image's user is given by number", ru: "Пользователь образа задан числом" },
  fix: { en: "USER 10001:10001", ru: "USER 10001:10001" },
  about: {
    severity: "low",
    why: {
      en: "Kubernetes refuses to start a container that must not be root when the image names its user by a name, for it cannot look the name up. A number also means the same user when the image's accounts change.",
      ru: "Kubernetes не запускает контейнер, которому нельзя быть root, если пользователь образа задан именем: проверить имя он не может. К тому же число не меняет смысла, когда меняются учётные записи образа.",
    },
    docker: undefined,
    kubernetes: "securityContext.runAsNonRoot: true",
    references: ["Kubernetes-PSS@restricted:runAsNonRoot"],
  },
  check: ({ target, overridden }) =>
    judgeEach(overridden.user ? [] : inherited(target, "USER").slice(-1), ({ words: [user = ""] }) => {
      const [name = ""] = user.split(":");
      if (/^\d+$/.test(name) || name.includes("$") || /^root$/.test(name)) return undefined;
      return { en: `USER ${user} is a name`, ru: `USER ${user} — имя` };
    }),
};
