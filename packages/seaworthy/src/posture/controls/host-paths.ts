/** No file and no control socket of the host is within reach. */
import type { Control } from "../control.ts";
import { MOUNT_NAMESPACE } from "../mechanisms.ts";

/** Loosened by mounting what the prover made: nothing of the user's is ever put into a container. */
export function hostPaths(canary: { readonly directory: string; readonly socket: string }): Control {
  return {
    id: "host-paths",
    claim: {
      en: "No path of the host and no container control socket is mounted",
      ru: "В контейнер не смонтированы пути хоста и управляющие сокеты контейнерных служб",
    },
    key: "volumes",
    mechanism: MOUNT_NAMESPACE,
    about: {
      severity: "critical",
      why: {
        en: "A folder of the host is a way out: what is written there is read by programs outside, with their rights. The socket of a container engine is the shortest one, for who may talk to it may start a container that has everything.",
        ru: "Папка хоста — это выход наружу: записанное в ней читают программы вне контейнера, со своими правами. Сокет движка контейнеров — самый короткий путь: кто может с ним говорить, запустит контейнер, которому доступно всё.",
      },
      docker: "--mount type=volume instead of -v /host/path",
      kubernetes: "volumes without hostPath",
      references: [
        "CIS-Docker@1.6.0:5.6",
        "CIS-Docker@1.6.0:5.32",
        "OWASP-Docker-Security@2026-11:1",
        "NIST-SP-800-190@2017-09:4.5.5",
        "Kubernetes-PSS@restricted:volumes.hostPath",
      ],
    },
    fix: {
      en: "use a named volume in place of the host's path",
      ru: "используйте именованный том вместо пути хоста",
    },
    apply: (container) => ({
      ...container,
      mounts: container.mounts.filter((mount) => mount.kind !== "bind"),
    }),
    loosen: (container) => ({
      container: {
        ...container,
        mounts: [
          ...container.mounts,
          { kind: "bind", source: canary.directory, target: "/host", readOnly: true },
          { kind: "bind", source: canary.socket, target: "/run/docker.sock", readOnly: true },
        ],
      },
      difference: {
        en: "with a folder of the host at /host and a control socket at /run/docker.sock",
        ru: "с папкой хоста в /host и управляющим сокетом в /run/docker.sock",
      },
    }),
  };
}
