/** Opens, as root and without writing, what configures the machine, and reads what would tell its secrets. */
import { systemPaths } from "../../posture/controls/system-paths.ts";
import { text } from "../../trampoline/client.ts";
import { O_WRONLY, succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const SETTINGS = [
  "/proc/sys/kernel/core_pattern",
  "/proc/sys/kernel/modprobe",
  "/proc/sys/net/ipv4/ip_forward",
  "/proc/sysrq-trigger",
  "/proc/irq/default_smp_affinity",
  "/sys/kernel/uevent_helper",
  "/sys/kernel/mm/ksm/run",
  // Control groups: of version 2, and of version 1, whose release_agent is a program that the host runs as root.
  "/sys/fs/cgroup/cgroup.procs",
  "/sys/fs/cgroup/memory/cgroup.procs",
  "/sys/fs/cgroup/memory/release_agent",
  "/sys/fs/cgroup/memory/notify_on_release",
];
const SECRETS = [
  "/proc/keys",
  "/proc/timer_list",
  "/proc/kcore",
  "/proc/sched_debug",
  "/proc/latency_stats",
  "/proc/scsi/scsi",
  "/sys/firmware/acpi/tables/DSDT",
];

export const kernelSettings: Probe = {
  id: "kernel-settings",
  control: systemPaths,
  as: "root",
  async attempt({ attacker }) {
    const reached: string[] = [];
    for (const path of SETTINGS) {
      const opened = await attacker.call(`open("${path}", O_WRONLY)`, "open", [text(path), O_WRONLY, 0]);
      if (!succeeded(opened)) continue;
      reached.push(path);
      await attacker.quietly("close", [opened.value]);
    }
    for (const path of SECRETS) {
      const content = await attacker.readFile(path);
      const saw = typeof content === "string" ? content : `${content.length} bytes`;
      attacker.note(`read("${path}")`, saw);
      if (typeof content !== "string" && content.length > 0) reached.push(path);
    }
    if (reached.length === 0)
      return attacker.refused({
        en: "nothing could be changed or read",
        ru: "ничего не удалось изменить или прочитать",
      });
    return attacker.breached({
      en: `root reached ${reached.join(", ")}`,
      ru: `root получил доступ к ${reached.join(", ")}`,
    });
  },
};
