/** Makes calls that the kernel can only refuse: with EPERM or ENOSYS when the filter answers, with anything else when it looked. */
import type { Attempt } from "@seaworthy/evidence";
import type { Argument } from "../../trampoline/client.ts";
import type { SyscallName } from "../../trampoline/syscalls.ts";
import { type Attacker, failedWith } from "../attacker.ts";

export type NonsenseCall = readonly [did: string, name: SyscallName, args: readonly Argument[]];

/** Refused when each of them was stopped. */
export async function areStopped(attacker: Attacker, calls: readonly NonsenseCall[]): Promise<Attempt> {
  const reached: string[] = [];
  for (const [did, name, args] of calls) {
    const result = await attacker.call(did, name, args);
    if (!failedWith(result, "EPERM", "ENOSYS")) reached.push(name);
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
