/** `/dev/shm` is a place to write to that nobody declared. */
import type { Control } from "../control.ts";
import { MOUNT_NAMESPACE } from "../mechanisms.ts";

export const noSharedMemory: Control = {
  id: "no-shared-memory",
  claim: {
    en: "Nothing can be stored in /dev/shm",
    ru: "В /dev/shm ничего нельзя сохранить",
  },
  key: "ipc",
  mechanism: MOUNT_NAMESPACE,
  fix: { en: "ipc: none", ru: "ipc: none" },
  posture: "strict",
  about: {
    severity: "low",
    why: {
      en: "Every container has 64 MiB there to write to, also where its root is read-only and no tmpfs is declared. What is stored there counts against the memory limit, and is a place to keep tools.",
      ru: "Там у каждого контейнера есть 64 МиБ для записи, даже если корень только для чтения и tmpfs не задан. Сохранённое там идёт в счёт лимита памяти, и это место для чужих инструментов.",
    },
    docker: "--ipc none",
    kubernetes: undefined,
    references: ["OWASP-Docker-Security@2026-11:8", "NIST-SP-800-190@2017-09:4.4.4"],
  },
  apply: (container) => ({ ...container, ipc: "none" }),
  loosen: (container) => ({
    container: { ...container, ipc: "private" },
    difference: { en: "ipc: private", ru: "ipc: private" },
  }),
};
