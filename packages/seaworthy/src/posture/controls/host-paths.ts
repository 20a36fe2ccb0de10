/** No file and no control socket of the host is within reach. */
import type { Control } from "../control.ts";

/** Loosened by mounting what the prover made: nothing of the user's is ever put into a container. */
export function hostPaths(canary: { readonly directory: string; readonly socket: string }): Control {
  return {
    id: "host-paths",
    claim: {
      en: "No path of the host and no container control socket is mounted",
      ru: "В контейнер не смонтированы пути хоста и управляющие сокеты контейнерных служб",
    },
    key: "volumes",
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
