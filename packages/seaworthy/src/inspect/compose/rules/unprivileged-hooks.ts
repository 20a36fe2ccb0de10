/** Hooks may run as root, and with all rights, in a container that was confined with care. */
import { type ComposeRule, NOTHING, remark, textOf } from "../subject.ts";

const HOOKS = ["post_start", "pre_stop"];

export const unprivilegedHooks: ComposeRule = {
  id: "unprivileged-hooks",
  claim: {
    en: "Nothing that is run beside the service has more rights than it",
    ru: "Ничто, запускаемое рядом со службой, не имеет больше прав, чем она",
  },
  fix: { en: "remove privileged and user: root from the hook", ru: "уберите privileged и user: root у хука" },
  about: {
    severity: "high",
    why: {
      en: "A hook with privileged: true is given every capability and device inside the container, on its files. Whoever changed one of them before is root of the machine when it runs.",
      ru: "Хук с privileged: true получает внутри контейнера все capabilities и устройства — и работает с его файлами. Тот, кто заранее изменил один из них, становится root машины.",
    },
    docker: "docker exec without --privileged and --user root",
    kubernetes: "lifecycle hooks run as the container does",
    references: ["CIS-Docker@1.6.0:5.23", "CIS-Docker@1.6.0:5.24", "NIST-SP-800-190@2017-09:4.4.3"],
  },
  check(subject) {
    const hooks = HOOKS.flatMap((key) => {
      const list = subject.node.entries.get(key);
      return list?.kind === "list" ? list.items.map((item, index) => [key, index, item] as const) : [];
    });
    if (hooks.length === 0) return NOTHING;
    const wrong = hooks.flatMap(([key, index, hook]) => {
      if (hook.kind !== "map") return [];
      const user = textOf(hook.entries.get("user")) ?? "";
      const isPrivileged = textOf(hook.entries.get("privileged")) === "true";
      if (!isPrivileged && !/^(?:root|0+)(?::|$)/.test(user)) return [];
      const what = isPrivileged ? "privileged: true" : `user: ${user}`;
      return [remark(subject, [key, index], `a hook with ${what}`, `хук с ${what}`)];
    });
    return {
      wrong,
      looked: [
        {
          did: `read ${hooks.length} hooks`,
          saw: wrong.length === 0 ? "nothing wrong" : `${wrong.length} wrong`,
        },
      ],
    };
  },
};
