/** A temporary file system without a size takes the machine's memory, up to half of it. */
import type { Container } from "../../engine/container.ts";
import type { Control } from "../control.ts";

/** For a tmpfs that named none. */
const DEFAULT_SIZE = 16 * 1024 ** 2;

export const tmpfsBounded: Control = {
  id: "tmpfs-bounded",
  claim: {
    en: "Every temporary file system ends at its declared size",
    ru: "Каждая временная файловая система ограничена заданным размером",
  },
  key: "tmpfs",
  mechanism: { en: "the size of the mount", ru: "размер монтирования" },
  about: {
    severity: "medium",
    why: {
      en: "A temporary file system is memory: without a size, whoever fills it takes half of the machine's. With one, writing fails where the service can see it.",
      ru: "Временная файловая система — это память: без размера тот, кто её заполнит, займёт половину памяти машины. С размером запись откажет там, где служба это заметит.",
    },
    docker: "--tmpfs /tmp:size=16m",
    kubernetes: "emptyDir: { medium: Memory, sizeLimit: 16Mi }",
    references: ["OWASP-Docker-Security@2026-11:7", "NIST-SP-800-190@2017-09:4.4.3"],
  },
  fix: { en: "tmpfs: [/tmp:size=16m]", ru: "tmpfs: [/tmp:size=16m]" },
  apply: (container) => withSize(container, (size) => size ?? DEFAULT_SIZE),
  loosen(container) {
    if (!container.mounts.some((mount) => mount.kind === "tmpfs")) return undefined;
    return {
      container: withSize(container, () => undefined),
      difference: { en: "tmpfs without size", ru: "tmpfs без size" },
    };
  },
};

function withSize(container: Container, change: (size: number | undefined) => number | undefined): Container {
  return {
    ...container,
    mounts: container.mounts.map((mount) =>
      mount.kind === "tmpfs" ? { ...mount, size: change(mount.size) } : mount,
    ),
  };
}
