/** A 64-bit kernel has a second door, for programs of 32 bits; a service of 64 bits never comes by it. */
import type { Control } from "../control.ts";
import { nativeOnly, takes32BitCalls, taking32BitCalls } from "../seccomp/entry-points.ts";
import { profileOf } from "../seccomp/portable.ts";
import { withProfile } from "../seccomp/profile.ts";
import { narrowed, STRICT_ABOUT, STRICT_BY_FILTER } from "../seccomp/strict.ts";

export const no32BitCalls: Control = {
  id: "no-32-bit-calls",
  claim: {
    en: "The system calls of 32-bit programs are out of reach",
    ru: "Системные вызовы 32-разрядных программ недоступны",
  },
  ...STRICT_BY_FILTER,
  about: {
    severity: "medium",
    why: {
      en: "They are a second, less tried way into the kernel, and one around the filter: socketcall has its arguments in memory, where no filter looks, so that it opens any kind of socket. A program of 64 bits can make them as well.",
      ru: "Это второй, менее проверенный вход в ядро, и он ведёт мимо фильтра: аргументы socketcall лежат в памяти, куда фильтр не смотрит, так что он открывает любой сокет. Сделать их может и 64-разрядная программа.",
    },
    ...STRICT_ABOUT,
  },
  apply: (container) => narrowed(container, takes32BitCalls, nativeOnly),
  loosen: (container) => ({
    container: withProfile(container, taking32BitCalls(profileOf(container))),
    difference: { en: "with the calls of 32-bit programs", ru: "с вызовами 32-разрядных программ" },
  }),
};
