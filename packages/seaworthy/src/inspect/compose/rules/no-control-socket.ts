/** Who may speak to the engine may start a container that owns the machine. */
import { type ComposeRule, judgeEntries, remark, textOf } from "../subject.ts";

/** The sockets, and the folders that hold one. */
const SOCKETS =
  /^(?:\/|\/var|\/(?:var\/)?run)?$|^(?:\/var)?\/run\/(?:(?:user\/\d+\/)?(?:docker|podman)(?:\/podman)?\.sock|docker(?:\.sock)?|containerd(?:\/.*)?|crio(?:\/.*)?|cri-dockerd\.sock|podman|dockershim\.sock|user(?:\/\d+)?(?:\/(?:docker|podman))?)$|\/(?:docker|containerd|podman|crio)\.sock$/;

export const noControlSocket: ComposeRule = {
  id: "no-control-socket",
  claim: {
    en: "No control socket of a container engine is within reach",
    ru: "Управляющий сокет контейнерного движка недоступен",
  },
  fix: {
    en: "remove the mount; a proxy that passes only what is needed is the least",
    ru: "уберите его; самое меньшее — прокси, пропускающий только нужное",
  },
  about: {
    severity: "critical",
    why: {
      en: "The engine runs as root and does what its socket is told: a container with the host's root directory, for instance. Mounting it read-only changes nothing, for a socket is not written to as a file is.",
      ru: "Движок работает от root и делает всё, что ему скажут через сокет: например, запускает контейнер с корнем хоста. Монтирование только для чтения ничего не меняет: в сокет пишут не так, как в файл.",
    },
    docker: "without --volume /var/run/docker.sock",
    kubernetes: "volumes without hostPath",
    references: ["CIS-Docker@1.6.0:5.32", "OWASP-Docker-Security@2026-11:1", "NIST-SP-800-190@2017-09:4.4.3"],
  },
  check(subject) {
    const seen = judgeEntries(subject, "volumes", subject.service.mounts, (mount) => {
      if (mount.kind !== "bind" || !SOCKETS.test(mount.source.replace(/\/+$/, ""))) return undefined;
      return { en: `${mount.source || "/"} leads to one`, ru: `через ${mount.source || "/"} он доступен` };
    });
    if (textOf(subject.node.entries.get("use_api_socket")) !== "true") return seen;
    const said = remark(
      subject,
      ["use_api_socket"],
      "use_api_socket mounts it",
      "use_api_socket монтирует его",
    );
    return {
      wrong: [...seen.wrong, said],
      looked: [...seen.looked, { did: "read use_api_socket", saw: "true" }],
    };
  },
};
