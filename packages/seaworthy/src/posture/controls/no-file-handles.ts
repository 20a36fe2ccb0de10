/** A handle names a file by its number on the disk, past all folders on the way. */
import type { Control } from "../control.ts";
import { callControl } from "../seccomp/strict.ts";
import { STRICT_CALLS } from "../seccomp/strict-profile.ts";

export const noFileHandles: Control = callControl({
  id: "no-file-handles",
  claim: {
    en: "Files cannot be named by their numbers on the disk",
    ru: "Файлы нельзя назвать по их номерам на диске",
  },
  calls: STRICT_CALLS.fileHandles,
  severity: "low",
  why: {
    en: "A handle is the first half of the oldest way out of a container: with it a file of the host's disk is opened past every mount. It also tells which file systems and mounts the host has.",
    ru: "Такой дескриптор — первая половина самого старого способа выйти из контейнера: с ним файл на диске хоста открывают в обход монтирований. Он же сообщает, какие файловые системы есть у хоста.",
  },
});
