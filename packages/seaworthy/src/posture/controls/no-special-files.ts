/** Devices and named pipes are made by those who set up a system, not by those who serve. */
import type { Control } from "../control.ts";
import { callControl } from "../seccomp/strict.ts";
import { STRICT_CALLS } from "../seccomp/strict-profile.ts";

export const noSpecialFiles: Control = callControl({
  id: "no-special-files",
  claim: {
    en: "No device file and no named pipe can be made",
    ru: "Нельзя создать файл устройства или именованный канал",
  },
  calls: STRICT_CALLS.specialFiles,
  severity: "low",
  why: {
    en: "A device file in a volume is a door that stays when the container is gone, for whoever mounts the volume with fewer restrictions. A named pipe stops every program that is made to open it.",
    ru: "Файл устройства в томе — дверь, которая остаётся и после контейнера, для всех, кто смонтирует том с меньшими ограничениями. Именованный канал останавливает любую программу, которую заставят его открыть.",
  },
});
