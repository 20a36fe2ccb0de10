/** The limits of a container as cgroup settings, and which device nodes it may open. */
import type { Container } from "../container.ts";
import type { DeviceRule, SpecResources } from "./runtime-spec.ts";
import type { Machine } from "./spec.ts";

/** In microseconds; the kernel's and Docker's usual period. */
const CPU_PERIOD = 100_000;

/** The least quota the kernel takes, in microseconds. */
const CPU_QUOTA_MINIMUM = 1_000;

export function specResources(
  container: Pick<Container, "limits" | "hostDevices" | "extras">,
  machine: Pick<Machine, "swapLimit">,
): SpecResources {
  const { memory, pids, cpus } = container.limits;
  const { memoryReservation: reservation, cpuShares: shares, cpuset } = container.extras ?? {};
  const memories = {
    // Swap equal to memory means: no swap on top (runtime-spec, config-linux.md, "Memory").
    ...(memory === undefined ? {} : { limit: memory, ...(machine.swapLimit ? { swap: memory } : {}) }),
    ...(reservation === undefined ? {} : { reservation }),
  };
  const time = {
    ...(cpus === undefined
      ? {}
      : { quota: Math.max(CPU_QUOTA_MINIMUM, Math.round(cpus * CPU_PERIOD)), period: CPU_PERIOD }),
    ...(shares === undefined ? {} : { shares }),
    ...(cpuset === undefined ? {} : { cpus: cpuset }),
  };
  return {
    devices: container.hostDevices ? [{ allow: true, access: "rwm" }] : DEVICE_RULES,
    ...(Object.keys(memories).length === 0 ? {} : { memory: memories }),
    ...(pids === undefined ? {} : { pids: { limit: pids } }),
    ...(Object.keys(time).length === 0 ? {} : { cpu: time }),
  };
}

/**
 * Everything refused but making nodes and opening the harmless ones. runc adds null, zero, full, tty, random,
 * urandom, console and ptmx itself.
 */
const DEVICE_RULES: readonly DeviceRule[] = [
  { allow: false, access: "rwm" },
  { allow: true, type: "c", access: "m" },
  { allow: true, type: "b", access: "m" },
];
