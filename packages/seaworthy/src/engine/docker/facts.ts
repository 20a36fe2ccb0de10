/** What an engine says about itself, as the facts every engine gives; and whether it runs on this very machine. */
import { access, readFile } from "node:fs/promises";
import { hostname, release } from "node:os";
import { errnoOf } from "../../fault/errno.ts";
import { CAPABILITIES } from "../../recipe/capabilities.ts";
import type { Capability } from "../container.ts";
import type { EngineFacts } from "../engine.ts";
import type { EngineInfo, EngineVersion } from "./api-types.ts";
import type { DockerClient } from "./client.ts";

export async function readFacts(client: DockerClient): Promise<EngineFacts> {
  const [version, info] = await Promise.all([client.version(), client.info()]);
  const local = await isLocal(client, info);
  const machine = local ? boundingSet(await readFile("/proc/self/status", "utf8")) : CAPABILITIES;
  return toFacts({ version, info, flavor: client.flavor, local, machine });
}

export interface FactSources {
  readonly version: EngineVersion;
  readonly info: EngineInfo;
  readonly flavor: DockerClient["flavor"];
  readonly local: boolean;
  /** The bounding set of the machine's processes, where it is ours to see. */
  readonly machine: readonly Capability[];
}

/** Of Linux 5.8 and 5.9; Docker refuses their names before its version 23 (API 1.42). */
const LATE: readonly Capability[] = ["PERFMON", "BPF", "CHECKPOINT_RESTORE"];

/** Pure. */
export function toFacts({ version, info, flavor, local, machine }: FactSources): EngineFacts {
  const security = info.SecurityOptions ?? [];
  const rootless = info.Rootless === true || security.some((option) => option.includes("name=rootless"));
  const knowsFewer = flavor === "docker" && Number(version.ApiVersion.split(".")[1]) < 42;
  return {
    engine: "docker",
    version: `${flavor === "podman" ? "Podman" : "Docker"} ${version.Version.replace(/\+.*$/, "")}`,
    kernel: version.KernelVersion ?? info.KernelVersion ?? "",
    architecture: version.Arch ?? info.Architecture ?? "",
    cgroup: info.CgroupVersion === "2" ? "v2" : "v1",
    // In a user namespace root has them all, whatever they are worth there.
    capabilities: (rootless ? CAPABILITIES : machine).filter((name) => !knowsFewer || !LATE.includes(name)),
    local,
    rootless,
    unable: unable(info, security),
  };
}

/** In the order in which a reader would ask. */
function unable(info: EngineInfo, security: readonly string[]): ReadonlyMap<string, string> {
  const limits: readonly (readonly [string, boolean, string])[] = [
    ["memory", info.MemoryLimit === false, "the engine says that its kernel has no memory limit"],
    [
      "swap",
      info.SwapLimit === false,
      "the engine says that its kernel does not count swap: a container may swap beyond its memory",
    ],
    ["pids", info.PidsLimit === false, "the engine says that its kernel has no limit of processes"],
    ["cpus", info.CpuCfsQuota === false, "the engine says that its kernel has no CPU quota"],
    [
      "seccomp",
      !security.some((option) => option.includes("name=seccomp")),
      "the engine says that it does not filter system calls",
    ],
  ];
  return new Map(limits.flatMap(([name, isMissing, why]) => (isMissing ? [[name, why]] : [])));
}

/**
 * Behind a socket file there may be a forwarded connection or a virtual machine: the engine must also have this machine's
 * name and kernel, and keep its data where we see a folder. A process is never signalled on this alone: see `exec.ts`.
 */
async function isLocal(client: DockerClient, info: EngineInfo): Promise<boolean> {
  if (client.endpoint.address.kind !== "unix") return false;
  if (info.Name !== hostname() || info.KernelVersion !== release()) return false;
  return exists(info.DockerRootDir ?? "");
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    return errnoOf(error) === "EACCES";
  }
}

/** @param status `/proc/<pid>/status`; @see proc(5) */
export function boundingSet(status: string): readonly Capability[] {
  const mask = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (mask === undefined) return CAPABILITIES;
  const bits = BigInt(`0x${mask}`);
  return CAPABILITIES.filter((_, index) => ((bits >> BigInt(index)) & 1n) === 1n);
}
