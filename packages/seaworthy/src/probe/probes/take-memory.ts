/** Takes more memory than declared, all of it touched. */
import { memoryLimit } from "../../posture/controls/memory-limit.ts";
import { failedWith, succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS_POPULATE = 0x8022;
const MEBIBYTE = 1024 ** 2;
const BEYOND = 32 * MEBIBYTE;
const WITHOUT_LIMIT = 512 * MEBIBYTE;
/** A limit beyond this is not tried: the twin would take it from the machine. */
const MOST = 2048 * MEBIBYTE;

export const takeMemory: Probe = {
  id: "take-memory",
  control: memoryLimit,
  as: "declared",
  async attempt({ attacker, declared }) {
    const { memory } = declared.limits;
    const request = memory === undefined ? WITHOUT_LIMIT : memory + BEYOND;
    if (request > MOST) {
      return attacker.unable({
        en: "the limit is too large to be tried on this machine",
        ru: "предел слишком велик, чтобы проверить его на этой машине",
      });
    }
    const words = `${Math.round(request / MEBIBYTE)} MiB`;
    const taken = await attacker.call(`mmap(${words}, MAP_POPULATE)`, "mmap", [
      0,
      request,
      PROT_READ_WRITE,
      MAP_PRIVATE_ANONYMOUS_POPULATE,
      -1,
      0,
    ]);
    if (succeeded(taken)) return attacker.breached({ en: `took ${words}`, ru: `занято ${words}` });
    if (taken.kind === "ended" && taken.exit.signal === "SIGKILL") {
      return attacker.refused({ en: "the kernel ended the process", ru: "ядро завершило процесс" });
    }
    if (failedWith(taken, "ENOMEM"))
      return attacker.refused({ en: "the kernel gave no more", ru: "ядро не выделило больше" });
    return attacker.unable({ en: "memory could not be asked for", ru: "запросить память не удалось" });
  },
};
