/** Where a process may write, nothing can be executed: a download is not a program. */
import type { Container, Mount } from "../../engine/container.ts";
import type { Control } from "../control.ts";

export const tmpfsNoexec: Control = {
  id: "tmpfs-noexec",
  claim: {
    en: "What is written to a temporary file system cannot be executed",
    ru: "Записанное во временную файловую систему нельзя запустить",
  },
  key: "tmpfs",
  mechanism: { en: "the mount option noexec", ru: "параметр монтирования noexec" },
  about: {
    severity: "medium",
    why: {
      en: "The places that a service may write to are where an intruder puts a program. If nothing in them can be executed, all that is left is what came with the image.",
      ru: "Места, куда служба может писать, — это места, куда злоумышленник положит программу. Если в них ничего нельзя запустить, ему остаётся только то, что есть в образе.",
    },
    docker: "--tmpfs /tmp:size=16m,noexec,nosuid,nodev",
    kubernetes: undefined,
    references: ["OWASP-Docker-Security@2026-11:8", "NIST-SP-800-190@2017-09:4.4.4"],
  },
  fix: { en: "tmpfs: [/tmp:size=16m,noexec,nosuid,nodev]", ru: "tmpfs: [/tmp:size=16m,noexec,nosuid,nodev]" },
  apply: (container) => withExec(container, false),
  loosen(container) {
    if (!container.mounts.some(isTmpfs)) return undefined;
    return {
      container: withExec(container, true),
      difference: { en: "tmpfs with exec", ru: "tmpfs с exec" },
    };
  },
};

function isTmpfs(mount: Mount): boolean {
  return mount.kind === "tmpfs";
}

function withExec(container: Container, exec: boolean): Container {
  return {
    ...container,
    mounts: container.mounts.map((mount) => (mount.kind === "tmpfs" ? { ...mount, exec } : mount)),
  };
}
