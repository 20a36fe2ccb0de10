/** The mounts of a container: what every process expects, what the stack declares, and nothing of the host besides. */
import { dirname, join, posix } from "node:path";
import type { Container, Mount, ScratchMount } from "../container.ts";
import type { SpecMount } from "./runtime-spec.ts";
import type { BundlePaths } from "./spec.ts";

/** Where an init that was asked for is in the container, as Docker has it. */
export const INIT = "/sbin/docker-init";

/** Parents come before what is mounted below them, declared mounts after the system's own. */
export function specMounts(container: Container, paths: BundlePaths): readonly SpecMount[] {
  const scratch = scratchFolders(container.mounts, dirname(paths.root));
  const declared = container.mounts.map((mount) => declaredMount(mount, scratch));
  const targets = new Set(declared.map((mount) => mount.destination));
  return [
    ...[...systemMounts(container), ...nameFiles(paths)].filter((mount) => !targets.has(mount.destination)),
    ...declared.sort((a, b) => depth(a.destination) - depth(b.destination)),
    // Over whatever else is there: it is what is executed.
    ...(paths.init === undefined ? [] : [bind(paths.init, INIT, ["ro", "nosuid", "nodev"])]),
  ];
}

function systemMounts(container: Container): readonly SpecMount[] {
  // As for `privileged`, which is both: with the devices alone, nothing but devices is added.
  const sys = container.hostDevices && container.systemPaths === "unconfined" ? "rw" : "ro";
  return [
    { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
    {
      destination: "/dev",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
    },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
    },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", sys] },
    {
      destination: "/sys/fs/cgroup",
      type: "cgroup",
      source: "cgroup",
      options: ["nosuid", "noexec", "nodev", "relatime", sys],
    },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
    ...sharedMemory(container),
  ];
}

function sharedMemory({ ipc, limits }: Container): readonly SpecMount[] {
  if (ipc === "none") return [];
  if (ipc === "host") return [bind("/dev/shm", "/dev/shm", ["nosuid", "noexec", "nodev"])];
  const options = ["nosuid", "noexec", "nodev", "mode=1777", `size=${limits.shmSize}`];
  return [{ destination: "/dev/shm", type: "tmpfs", source: "shm", options }];
}

function nameFiles(paths: BundlePaths): readonly SpecMount[] {
  const options = ["ro", "nosuid", "nodev", "noexec"];
  return [
    bind(paths.hosts, "/etc/hosts", options),
    bind(paths.hostname, "/etc/hostname", options),
    bind(paths.resolvConf, "/etc/resolv.conf", options),
  ];
}

/** Empty folders in the bundle, which end with the container. */
export function scratchFolders(
  mounts: readonly Mount[],
  bundle: string,
): readonly (ScratchMount & { readonly source: string })[] {
  return mounts
    .filter((mount) => mount.kind === "scratch")
    .map((mount, index) => ({ ...mount, source: join(bundle, "scratch", String(index)) }));
}

function declaredMount(mount: Mount, scratch: ReturnType<typeof scratchFolders>): SpecMount {
  const target = posix.resolve("/", mount.target);
  switch (mount.kind) {
    case "tmpfs":
      return {
        destination: target,
        type: "tmpfs",
        source: "tmpfs",
        options: [
          "nosuid",
          "nodev",
          ...(mount.exec ? [] : ["noexec"]),
          `mode=${mount.mode.toString(8)}`,
          ...(mount.uid === undefined ? [] : [`uid=${mount.uid}`]),
          ...(mount.gid === undefined ? [] : [`gid=${mount.gid}`]),
          ...(mount.size === undefined ? [] : [`size=${mount.size}`]),
        ],
      };
    case "volume":
      return bind(mount.source, target, [mount.readOnly ? "ro" : "rw", "nosuid", "nodev"]);
    case "scratch": {
      const source = scratch.find((one) => one.target === mount.target)?.source ?? "";
      return bind(source, target, ["rw", "nosuid", "nodev"]);
    }
    case "bind":
      return bind(mount.source, target, [mount.readOnly ? "ro" : "rw"]);
    case "secret":
      return bind(mount.source, target, ["ro", "nosuid", "nodev", "noexec"]);
  }
}

/** Private: mounts made on the host later do not appear in the container, nor the other way round. */
function bind(source: string, destination: string, options: readonly string[]): SpecMount {
  return { destination, type: "bind", source, options: ["rbind", "rprivate", ...options] };
}

function depth(path: string): number {
  return path.split("/").filter((part) => part !== "").length;
}
