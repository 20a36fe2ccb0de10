/** Compares the container's namespaces with the prover's, which are the host's: the same one means the same processes, memory, or name. */
import { readlink } from "node:fs/promises";
import type { Text } from "@seaworthy/evidence";
import type { Control } from "../../posture/control.ts";
import { privateIpc } from "../../posture/controls/private-ipc.ts";
import { privatePid } from "../../posture/controls/private-pid.ts";
import { privateUts } from "../../posture/controls/private-uts.ts";
import type { Probe } from "../probe.ts";

export const ownPid: Probe = ownNamespace("pid", privatePid, {
  en: "is among the host's processes, and can see them all",
  ru: "находится среди процессов хоста и видит их все",
});

export const ownIpc: Probe = ownNamespace("ipc", privateIpc, {
  en: "shares the host's shared memory and message queues",
  ru: "пользуется разделяемой памятью и очередями сообщений хоста",
});

export const ownUts: Probe = ownNamespace("uts", privateUts, {
  en: "bears the host's own name, and can change it for the host where it may at all",
  ru: "носит имя самого хоста и может сменить его для хоста, если это ему вообще дозволено",
});

function ownNamespace(kind: "pid" | "ipc" | "uts", control: Control, achieved: Text): Probe {
  return {
    id: `own-${kind}-namespace`,
    control,
    as: "declared",
    async attempt({ attacker }) {
      const path = `/proc/self/ns/${kind}`;
      const host = await readlink(path);
      const { target: own, saw } = await attacker.readLink(path);
      attacker.note(`readlink("${path}")`, saw);
      if (own === undefined) {
        return attacker.unable({
          en: "the namespace cannot be read",
          ru: "прочитать пространство имён не удалось",
        });
      }
      attacker.note(`readlink("${path}") on the host`, host);
      if (own === host) return attacker.breached(achieved);
      return attacker.refused({
        en: `the ${kind} namespace is its own`,
        ru: `пространство имён ${kind} своё`,
      });
    },
  };
}
