/** What this machine is and can give: read from the kernel, so that containers are asked for no more. */
import { access, readdir, readFile, stat } from "node:fs/promises";
import { arch, release } from "node:os";
import { join } from "node:path";
import { isMissing } from "../../fault/errno.ts";
import type { EngineFacts } from "../engine.ts";
import { allCapabilities, grantableCapabilities } from "./capabilities.ts";
import { hierarchies } from "./cgroup.ts";
import { whyNoNetworks } from "./networks.ts";
import { isRootless, UNABLE } from "./rootless.ts";
import type { DeviceNode } from "./runtime-spec.ts";
import type { Machine } from "./spec.ts";

/**
 * @param version as `runc --version` prints it
 * @param folder where a program may be kept and executed for a moment
 */
export async function readFacts(version: string, folder: string): Promise<EngineFacts> {
  const { cgroup, capabilities } = await readMachine(false);
  const noNetworks = await whyNoNetworks(folder);
  return {
    engine: "runc",
    version: /^(runc|crun) version (\S+)/m.exec(version)?.slice(1, 3).join(" ") ?? "runc",
    kernel: release(),
    architecture: arch() === "x64" ? "amd64" : arch(),
    cgroup,
    capabilities,
    local: true,
    rootless: isRootless(),
    unable: new Map([
      ...(isRootless() ? UNABLE : []),
      ...(noNetworks === undefined
        ? []
        : [["network", `services share one network: ${noNetworks}`] as const]),
    ]),
  };
}

/** @param withDevices whether to list `/dev`, for a container that gets all of it */
export async function readMachine(withDevices: boolean): Promise<Machine> {
  const roots = hierarchies(await readFile("/proc/self/mountinfo", "utf8"));
  const cgroup = roots.includes("/sys/fs/cgroup") ? "v2" : "v1";
  return {
    cgroup,
    // A new user namespace starts with all there are, whatever the user has; they reach no further than it does.
    capabilities: isRootless()
      ? allCapabilities(Number(await readFile("/proc/sys/kernel/cap_last_cap", "utf8")))
      : grantableCapabilities(await readFile("/proc/self/status", "utf8")),
    swapLimit: cgroup === "v2" || (await exists("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes")),
    devices: withDevices ? await deviceNodes("/dev") : [],
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** File systems of their own below `/dev`, and the node runc makes itself. */
const NOT_DEVICES = new Set(["pts", "shm", "fd", "mqueue", "console"]);

async function deviceNodes(folder: string): Promise<readonly DeviceNode[]> {
  const nodes: DeviceNode[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (NOT_DEVICES.has(entry.name)) continue;
    if (entry.isDirectory()) nodes.push(...(await deviceNodes(path)));
    if (entry.isCharacterDevice() || entry.isBlockDevice()) {
      const node = await deviceNode(path, entry.isBlockDevice() ? "b" : "c");
      if (node !== undefined) nodes.push(node);
    }
  }
  return nodes;
}

async function deviceNode(path: string, type: "c" | "b"): Promise<DeviceNode | undefined> {
  try {
    const { rdev, mode, uid, gid } = await stat(path);
    // The packing of `dev_t` in glibc's makedev(3), which Node hands through.
    const major = (rdev >>> 8) & 0xfff;
    const minor = (rdev & 0xff) | ((rdev >>> 12) & 0xfff00);
    return { path, type, major, minor, fileMode: mode & 0o777, uid, gid };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
