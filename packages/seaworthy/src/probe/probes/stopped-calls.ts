/** Makes calls that the kernel can only refuse: with EPERM or ENOSYS when the filter answers, with anything else when it looked. */
import type { Attempt } from "@seaworthy/evidence";
import type { Argument, CallResult } from "../../trampoline/client.ts";
import type { SyscallName } from "../../trampoline/syscalls.ts";
import { type Attacker, failedWith } from "../attacker.ts";

export type NonsenseCall = readonly [did: string, name: SyscallName, args: readonly Argument[]];

/** Refused when each of them was stopped. What a 32-bit program calls comes last: a filter may end who tries. */
export async function areStopped(attacker: Attacker, calls: readonly NonsenseCall[]): Promise<Attempt> {
  const reached: string[] = [];
  for (const [index, [did, name, args]] of calls.entries()) {
    const result = await attacker.call(did, name, args);
    if (!isStopped(result)) reached.push(name);
    if (result.kind === "ended" && index < calls.length - 1) {
      const left = calls.length - 1 - index;
      return attacker.unable({
        en: `the process was ended, and ${left} of ${calls.length} calls were not tried`,
        ru: `процесс завершён, не испробовано вызовов: ${left} из ${calls.length}`,
      });
    }
  }
  if (reached.length === 0) {
    return attacker.refused({
      en: `all of ${calls.length} calls were stopped before the kernel looked at them`,
      ru: `все вызовы (${calls.length}) остановлены прежде, чем ядро их рассмотрело`,
    });
  }
  return attacker.breached({
    en: `${reached.length} of ${calls.length} calls reached the kernel: ${reached.join(", ")}`,
    ru: `до ядра дошли вызовы (${reached.length} из ${calls.length}): ${reached.join(", ")}`,
  });
}

/** By the filter with an error or, as it may be told to, with the end; or by a kernel that runs no 32-bit programs. */
function isStopped(result: CallResult): boolean {
  return result.kind === "ended"
    ? ["SIGSYS", "SIGSEGV"].includes(result.exit.signal ?? "")
    : failedWith(result, "EPERM", "ENOSYS");
}
