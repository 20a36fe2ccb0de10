/** Opens, as root, the host's disks and its kernel log; nothing is read or written. */
import { readdir } from "node:fs/promises";
import { noHostDevices } from "../../posture/controls/host-devices.ts";
import { text } from "../../trampoline/client.ts";
import { succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const O_RDONLY = 0;
const O_WRONLY = 1;
const O_NONBLOCK = 0o4000;
const MOST_DISKS = 8;

export const hostDevices: Probe = {
  id: "open-devices",
  control: noHostDevices,
  as: "root",
  async attempt({ attacker }) {
    const opened: string[] = [];
    const attack = async (path: string, mode: "O_RDONLY" | "O_WRONLY"): Promise<void> => {
      const flags = O_NONBLOCK | (mode === "O_RDONLY" ? O_RDONLY : O_WRONLY);
      const result = await attacker.call(`open("${path}", ${mode})`, "open", [text(path), flags, 0]);
      if (!succeeded(result)) return;
      opened.push(path);
      await attacker.quietly("close", [result.value]);
    };
    // Reading the log may need a capability, writing to it does not.
    await attack("/dev/kmsg", "O_WRONLY");
    for (const disk of await disks()) await attack(`/dev/${disk}`, "O_RDONLY");
    if (opened.length === 0)
      return attacker.refused({
        en: "no device of the host could be opened",
        ru: "ни одно устройство хоста открыть не удалось",
      });
    return attacker.breached({
      en: `root opened ${opened.join(", ")} of the host`,
      ru: `root открыл устройства хоста: ${opened.join(", ")}`,
    });
  },
};

/** Of this machine, without the loop devices that stand for no disk; none where `/sys` does not tell. */
async function disks(): Promise<readonly string[]> {
  try {
    const names = await readdir("/sys/block");
    return names.filter((name) => !/^(?:loop|ram)\d+$/.test(name)).slice(0, MOST_DISKS);
  } catch {
    return [];
  }
}
