/** Uses, as root, what the default capabilities would allow. */
import type { Text } from "@seaworthy/evidence";
import { capabilities } from "../../posture/controls/capabilities.ts";
import { type Argument, text } from "../../trampoline/client.ts";
import type { SyscallName } from "../../trampoline/syscalls.ts";
import { succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const AF_INET = 2;
const AF_PACKET = 17;
const SOCK_RAW = 3;
const IPPROTO_ICMP = 1;
/** `daemon` in Debian; any number but root's will do. */
const ANOTHER = 1;

interface Power {
  readonly did: string;
  readonly call: SyscallName;
  readonly args: readonly Argument[];
  /** What root did if it may, after "root". */
  readonly done: Text;
}

/** One for each capability that a default container's root is attacked with most. Giving up its own number comes last. */
const POWERS: readonly Power[] = [
  {
    did: "socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)",
    call: "socket",
    args: [AF_INET, SOCK_RAW, IPPROTO_ICMP],
    done: { en: "opened a raw socket", ru: "открыл сырой сокет" },
  },
  {
    did: "socket(AF_PACKET, SOCK_RAW, 0)",
    call: "socket",
    args: [AF_PACKET, SOCK_RAW, 0],
    done: { en: "opened a packet socket", ru: "открыл пакетный сокет" },
  },
  {
    did: 'chroot("/")',
    call: "chroot",
    args: [text("/")],
    done: { en: "changed its root directory", ru: "сменил корневой каталог" },
  },
  {
    // Its standard input is a pipe of the prover's: nobody else's file changes hands.
    did: `fchown(0, ${ANOTHER}, ${ANOTHER})`,
    call: "fchown",
    args: [0, ANOTHER, ANOTHER],
    done: { en: "gave a file to another user", ru: "отдал файл другому пользователю" },
  },
  {
    did: "setgroups(0, NULL)",
    call: "setgroups",
    args: [0, 0],
    done: { en: "changed its groups", ru: "сменил свои группы" },
  },
  {
    did: `setuid(${ANOTHER})`,
    call: "setuid",
    args: [ANOTHER],
    done: { en: "became another user", ru: "стал другим пользователем" },
  },
];

export const rootPowers: Probe = {
  id: "root-powers",
  control: capabilities,
  as: "root",
  async attempt({ attacker }) {
    const done: Text[] = [];
    for (const power of POWERS) {
      if (succeeded(await attacker.call(power.did, power.call, power.args))) done.push(power.done);
    }
    if (done.length === 0)
      return attacker.refused({ en: "root has none of its powers", ru: "у root нет его полномочий" });
    return attacker.breached({
      en: `root ${done.map(({ en }) => en).join(", ")}`,
      ru: `root ${done.map(({ ru }) => ru).join(", ")}`,
    });
  },
};
