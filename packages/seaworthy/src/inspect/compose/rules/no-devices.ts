/** A device is a door to a driver in the kernel, and some are the machine itself. */
import { type ComposeRule, judgeKey, textOf } from "../subject.ts";

export const noDevices: ComposeRule = {
  id: "no-devices",
  claim: { en: "No device of the host is handed over", ru: "Устройства хоста не передаются" },
  fix: {
    en: "remove devices, device_cgroup_rules and gpus",
    ru: "уберите devices, device_cgroup_rules и gpus",
  },
  about: {
    severity: "high",
    why: {
      en: "A disk holds every file of the machine, /dev/mem its memory, and a driver's holes are open to whoever may open its device. A web service needs none but those that every container has.",
      ru: "На диске лежат все файлы машины, в /dev/mem — её память, а дыры драйвера открыты тому, кто может открыть устройство. Веб-службе хватает тех устройств, что есть у любого контейнера.",
    },
    docker: "without --device and --gpus",
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:5.18", "NIST-SP-800-190@2017-09:4.5.5"],
  },
  check(subject) {
    const { devices = [], deviceCgroupRules = [] } = subject.service.extras;
    const [device] = devices;
    if (device !== undefined) {
      const said = { en: `${device.source} is handed over`, ru: `передаётся ${device.source}` };
      return judgeKey(subject, "devices", said, device.source);
    }
    const [rule] = deviceCgroupRules;
    if (rule !== undefined) return judgeKey(subject, "device_cgroup_rules", { en: rule, ru: rule }, rule);
    const gpus = subject.node.entries.get("gpus");
    if (gpus !== undefined) {
      return judgeKey(
        subject,
        "gpus",
        { en: "gpus are handed over", ru: "передаются gpus" },
        textOf(gpus) ?? "some",
      );
    }
    return judgeKey(subject, "devices, device_cgroup_rules and gpus", undefined, "none");
  },
};
