/** A debugger's rights over every process of the same user are no service's need. */
import type { Control } from "../control.ts";
import { callControl } from "../seccomp/strict.ts";
import { STRICT_CALLS } from "../seccomp/strict-profile.ts";

export const noTracing: Control = callControl({
  id: "no-tracing",
  claim: {
    en: "A process cannot read or steer another one",
    ru: "Процесс не может читать память другого и управлять им",
  },
  calls: STRICT_CALLS.tracing,
  severity: "medium",
  why: {
    en: "Processes of one user may stop, read and change each other, so who breaks into one worker takes the keys out of all of them. Debuggers need it, services do not.",
    ru: "Процессы одного пользователя могут останавливать, читать и менять друг друга: взломав один, злоумышленник достаёт ключи из всех. Это нужно отладчикам, но не службам.",
  },
});
