/** Asks for another process, and for memory: with nonsense, so that nobody is stopped or read. */
import { noTracing } from "../../posture/controls/no-tracing.ts";
import type { Argument } from "../../trampoline/client.ts";
import type { SyscallName } from "../../trampoline/syscalls.ts";
import { failedWith } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const PTRACE_ATTACH = 16;
const NOBODY = -1;

const CALLS: readonly (readonly [did: string, name: SyscallName, args: readonly Argument[]])[] = [
  ["ptrace(PTRACE_ATTACH, -1)", "ptrace", [PTRACE_ATTACH, NOBODY, 0, 0]],
  ["process_vm_readv(-1)", "process_vm_readv", [NOBODY, 0, 0, 0, 0, 0]],
  ["process_vm_writev(-1)", "process_vm_writev", [NOBODY, 0, 0, 0, 0, 0]],
];

export const traceOthers: Probe = {
  id: "trace-others",
  control: noTracing,
  as: "declared",
  async attempt({ attacker }) {
    const reached: string[] = [];
    for (const [did, name, args] of CALLS) {
      if (!failedWith(await attacker.call(did, name, args), "EPERM", "ENOSYS")) reached.push(name);
    }
    if (reached.length === 0) {
      return attacker.refused({
        en: "no other process can be traced, read or written to",
        ru: "нельзя отлаживать другой процесс, читать и менять его память",
      });
    }
    return attacker.breached({
      en: `the kernel takes ${reached.join(", ")}: only the process was wrong`,
      ru: `ядро принимает ${reached.join(", ")}: не подошёл лишь номер процесса`,
    });
  },
};
