/** A program needs no file that can be written to: a file in memory will do. */
import type { Control } from "../control.ts";
import { callControl } from "../seccomp/strict.ts";
import { STRICT_CALLS } from "../seccomp/strict-profile.ts";

export const noMemoryPrograms: Control = callControl({
  id: "no-memory-programs",
  claim: {
    en: "A program that only ever was in memory cannot be executed",
    ru: "Программу, которая существует только в памяти, нельзя запустить",
  },
  calls: STRICT_CALLS.memoryPrograms,
  severity: "medium",
  why: {
    en: "A read-only root and noexec keep an intruder from starting what was downloaded, but a file made by memfd_create has neither. Malware without files is started in this way.",
    ru: "Корень только для чтения и noexec не дают запустить скачанное, но на файл, созданный memfd_create, это не действует. Именно так запускают вредоносные программы без файлов.",
  },
});
