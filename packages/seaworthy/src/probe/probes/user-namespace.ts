/** Makes a user namespace, in which an ordinary process is root, and mounts in it. */
import { noNamespaces } from "../../posture/controls/no-namespaces.ts";
import { text } from "../../trampoline/client.ts";
import { succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const CLONE_NEWUSER = 0x10000000;
const CLONE_NEWNS = 0x00020000;

export const userNamespace: Probe = {
  id: "user-namespace",
  control: noNamespaces,
  as: "unprivileged",
  async attempt({ attacker }) {
    const made = await attacker.call("unshare(CLONE_NEWUSER | CLONE_NEWNS)", "unshare", [
      CLONE_NEWUSER | CLONE_NEWNS,
    ]);
    if (!succeeded(made))
      return attacker.refused({
        en: "no namespace could be made",
        ru: "создать пространство имён не удалось",
      });
    const mounted = await attacker.call('mount("none", "/dev", "tmpfs") inside', "mount", [
      text("none"),
      text("/dev"),
      text("tmpfs"),
      0,
      0,
    ]);
    return attacker.breached({
      en: succeeded(mounted)
        ? "made a user namespace and mounted a file system in it"
        : "made a user namespace, with all capabilities inside",
      ru: succeeded(mounted)
        ? "создано пространство имён пользователя, в нём смонтирована файловая система"
        : "создано пространство имён пользователя со всеми capabilities внутри",
    });
  },
};
