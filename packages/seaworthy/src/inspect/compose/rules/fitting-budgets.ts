/** A tmpfs counts against the memory limit: one that is larger ends the service instead of filling up. */
import type { ComposeTmpfs } from "../../../recipe/tmpfs.ts";
import { type ComposeRule, judgeKey, NOTHING } from "../subject.ts";

const DEFAULT_SHM = 64 * 1024 ** 2;
const MEBIBYTE = 1024 ** 2;

export const fittingBudgets: ComposeRule = {
  id: "fitting-budgets",
  claim: {
    en: "What may be stored in memory fits into the memory limit",
    ru: "То, что можно сохранить в памяти, помещается в её лимит",
  },
  fix: {
    en: "tmpfs and shm_size that are together below mem_limit",
    ru: "tmpfs и shm_size, вместе меньшие mem_limit",
  },
  about: {
    severity: "medium",
    why: {
      en: "Files in a tmpfs and in /dev/shm take memory of the container. Where they may take all of it, whoever can make the service store something makes the kernel kill it.",
      ru: "Файлы в tmpfs и в /dev/shm занимают память контейнера. Если им разрешено занять её всю, то любой, кто заставит службу что-то сохранить, заставит ядро её убить.",
    },
    docker: "--memory above the sizes of --tmpfs and --shm-size",
    kubernetes: "emptyDir.sizeLimit below resources.limits.memory",
    references: ["CIS-Docker@1.6.0:5.11", "OWASP-Docker-Security@2026-11:7"],
  },
  check(subject) {
    const { limits, mounts } = subject.service;
    const tmpfs = mounts.filter((mount): mount is ComposeTmpfs => mount.kind === "tmpfs");
    if (limits.memory === undefined) return NOTHING;
    const shm = limits.shmSize || DEFAULT_SHM;
    const sum = tmpfs.reduce((total, { size = 0 }) => total + size, shm);
    const mib = (bytes: number): string => `${Math.round(bytes / MEBIBYTE)} MiB`;
    const saw = `${mib(sum)} of ${mib(limits.memory)}`;
    if (sum < limits.memory) return judgeKey(subject, "tmpfs, shm_size and mem_limit", undefined, saw);
    return judgeKey(
      subject,
      limits.shmSize === undefined ? "mem_limit" : "shm_size",
      {
        en: `tmpfs and shm may take ${mib(sum)}, and the limit is ${mib(limits.memory)}`,
        ru: `tmpfs и shm могут занять ${mib(sum)}, а лимит — ${mib(limits.memory)}`,
      },
      saw,
    );
  },
};
