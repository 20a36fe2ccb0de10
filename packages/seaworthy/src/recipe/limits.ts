/** Reads what a service may use at most, from the service's own keys and from `deploy.resources.limits`. */
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeNode, type MapNode, valueFault } from "./compose-node.ts";
import type { ComposeLimits } from "./compose-service.ts";
import { parseDuration } from "./durations.ts";
import { expectInteger, expectMap, expectNumber, expectText, optional } from "./expect.ts";
import { readSize } from "./sizes.ts";

export function readLimits(service: MapNode): ComposeLimits {
  const limits = deployLimits(service);
  const memory = agreed(service, "mem_limit", limits, "memory", readMemory);
  return {
    memory,
    pids: agreed(service, "pids_limit", limits, "pids", readPids),
    cpus: agreed(service, "cpus", limits, "cpus", readCpus) ?? readQuota(service),
    shmSize: optional(service, "shm_size", readSize),
  };
}

function deployLimits(service: MapNode): MapNode | undefined {
  const deploy = optional(service, "deploy", expectMap);
  const resources = deploy === undefined ? undefined : optional(deploy, "resources", expectMap);
  if (resources === undefined) return undefined;
  checkKeys(resources, KEYS.resources);
  const limits = optional(resources, "limits", expectMap);
  if (limits !== undefined) checkKeys(limits, KEYS.limits);
  return limits;
}

/** One limit may be written in two places, but not with two values. */
function agreed(
  service: MapNode,
  key: string,
  limits: MapNode | undefined,
  limitsKey: string,
  read: (node: ComposeNode) => number,
): number | undefined {
  const own = optional(service, key, read);
  const deployed = limits === undefined ? undefined : optional(limits, limitsKey, read);
  const node = service.entries.get(key);
  if (node !== undefined && own !== undefined && deployed !== undefined && own !== deployed) {
    throw valueFault(node, `equal to deploy.resources.limits.${limitsKey}`, `${own} and ${deployed}`);
  }
  const limit = own ?? deployed;
  return limit === undefined || limit <= 0 ? undefined : limit;
}

/** Zero is no limit. The kernel refuses to start anything in less than 6 MiB, and so does Docker. */
function readMemory(node: ComposeNode): number {
  const bytes = readSize(node);
  if (bytes > 0 && bytes < 6 * 1024 ** 2) throw valueFault(node, "at least 6m");
  return bytes;
}

/** Zero and -1 are no limit. */
function readPids(node: ComposeNode): number {
  return expectInteger(node, -1);
}

/** The kernel's own terms for the same, both in microseconds. @see {@link https://docs.kernel.org/scheduler/sched-bwc.html} */
function readQuota(service: MapNode): number | undefined {
  const period = optional(service, "cpu_period", readMicroseconds) ?? 100_000;
  const quota = optional(service, "cpu_quota", readMicroseconds);
  return quota === undefined || quota <= 0 || period <= 0 ? undefined : quota / period;
}

function readMicroseconds(node: ComposeNode): number {
  const duration = parseDuration(expectText(node));
  return duration === undefined ? expectInteger(node, -1) : Math.round(duration * 1000);
}

/** Zero is no limit. */
function readCpus(node: ComposeNode): number {
  const cpus = expectNumber(node);
  if (cpus < 0) throw valueFault(node, "a number of CPUs from 0 on");
  return cpus;
}
