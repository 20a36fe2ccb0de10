/** Writes a program to a file that is only in memory, and executes it. */
import { noMemoryPrograms } from "../../posture/controls/no-memory-programs.ts";
import { text } from "../../trampoline/client.ts";
import { TRAMPOLINE_X64 } from "../../trampoline/trampoline-x64.ts";
import { failedWith, outcomeOf, succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

export const executeMemory: Probe = {
  id: "execute-memory",
  control: noMemoryPrograms,
  as: "declared",
  async attempt({ attacker }) {
    const made = await attacker.call('memfd_create("program", 0)', "memfd_create", [text("program"), 0]);
    if (failedWith(made, "EPERM", "ENOSYS"))
      return attacker.refused({ en: "no file in memory can be made", ru: "файл в памяти создать нельзя" });
    if (!succeeded(made)) return attacker.unable({ en: outcomeOf(made), ru: outcomeOf(made) });
    await attacker.quietly("write", [made.value, TRAMPOLINE_X64, TRAMPOLINE_X64.length]);
    const path = `/proc/self/fd/${made.value}`;
    const { executed, saw } = await attacker.execute(`execve("${path}")`, path);
    if (!executed)
      return attacker.refused({ en: `it cannot be executed: ${saw}`, ru: `запустить его нельзя: ${saw}` });
    return attacker.breached({
      en: "executed a program that was never a file on any disk",
      ru: "запущена программа, которой не было ни на одном диске",
    });
  },
};
