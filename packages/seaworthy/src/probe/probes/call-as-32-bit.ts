/** Asks for its process number as a program of 32 bits would.. */
import { no32BitCalls } from "../../posture/controls/no-32-bit-calls.ts";
import { failedWith, outcomeOf } from "../attacker.ts";
import type { Probe } from "../probe.ts";

export const callAs32Bit: Probe = {
  id: "call-as-32-bit",
  control: no32BitCalls,
  as: "declared",
  async attempt({ attacker }) {
    const called = await attacker.call("getpid(), by int 0x80", "32-bit getpid");
    if (called.kind === "ended" && called.exit.signal === "SIGSEGV")
      return attacker.absent({
        en: "this kernel runs no 32-bit programs",
        ru: "это ядро не запускает 32-разрядных программ",
      });
    if (called.kind === "ended" && called.exit.signal === "SIGSYS")
      return attacker.refused({ en: "whoever tries is ended", ru: "кто пробует, завершается" });
    if (failedWith(called, "EPERM", "ENOSYS"))
      return attacker.refused({ en: "the call is not made", ru: "вызов не выполняется" });
    if (called.kind === "ended") return attacker.unable({ en: outcomeOf(called), ru: outcomeOf(called) });
    return attacker.breached({
      en: "a call of a 32-bit program reached the kernel",
      ru: "вызов 32-разрядной программы дошёл до ядра",
    });
  },
};
