/** Turns a container into the runtime specification that makes runc confine it so, and nothing else. */
import type { Capability, Container } from "../container.ts";
import type { ContainerExtras } from "../container-extras.ts";
import type { StartOptions } from "../engine.ts";
import type {
  DeviceNode,
  RuntimeSpec,
  SpecCapabilities,
  SpecNamespace,
  SpecProcess,
} from "./runtime-spec.ts";
import { INIT, specMounts } from "./spec-mounts.ts";
import { specResources } from "./spec-resources.ts";

/** What of this machine decides how a specification must look. */
export interface Machine {
  readonly cgroup: "v1" | "v2";
  /** The bounding set of the calling process. More cannot be given to anybody. */
  readonly capabilities: readonly Capability[];
  /** Whether swap is counted, so that it can be limited. */
  readonly swapLimit: boolean;
  /** Asked for only when a container wants all devices. */
  readonly devices: readonly DeviceNode[];
}

/** Where the container's files are on the host. All paths are absolute. */
export interface BundlePaths {
  readonly root: string;
  /** Bound over `/etc/hosts`, `/etc/hostname` and `/etc/resolv.conf`. */
  readonly hosts: string;
  readonly hostname: string;
  readonly resolvConf: string;
  /** Bound over {@link INIT}, and started in front of the program. */
  readonly init?: string;
  /** Below the cgroup root: `/seaworthy/<project>/<id>`. */
  readonly cgroup: string;
}

// The defaults of Docker and containerd; the runtime specification leaves them to the caller.
const MASKED_PATHS = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
];

const READONLY_PATHS = [
  ...["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
  // Of version 1 runc mounts each group read-only, and leaves the folder that they lie in as it is.
  "/sys/fs/cgroup",
];

/**
 * @param seccomp the resolved profile in the specification's form; `undefined` leaves system calls unfiltered
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config.md
 */
export function toRuntimeSpec(
  container: Container,
  network: StartOptions["network"],
  paths: BundlePaths,
  machine: Machine,
  seccomp: object | undefined,
): RuntimeSpec {
  const masked = container.systemPaths === "default";
  const argv = paths.init === undefined ? container.argv : [INIT, "--", ...container.argv];
  return {
    ociVersion: "1.0.2",
    process: specProcess(container, machine, argv),
    root: { path: paths.root, readonly: container.readOnlyRoot },
    // runc refuses to give the host a name.
    ...(container.uts === "private" ? { hostname: container.extras?.hostname ?? container.name } : {}),
    mounts: specMounts(container, paths),
    linux: {
      cgroupsPath: paths.cgroup,
      namespaces: specNamespaces(container, network),
      resources: specResources(container, machine),
      devices: container.hostDevices ? machine.devices : [],
      maskedPaths: masked ? MASKED_PATHS : [],
      readonlyPaths: masked ? READONLY_PATHS : [],
      ...(container.extras?.sysctls === undefined
        ? {}
        : { sysctl: Object.fromEntries(container.extras.sysctls) }),
      ...(seccomp === undefined ? {} : { seccomp }),
    },
  };
}

/** The confinement of one process: the container's first, or one that joins it. */
export function specProcess(
  container: Container,
  machine: Machine,
  argv: readonly string[] = container.argv,
): SpecProcess {
  const { uid, gid, groups } = container.user;
  const env = new Map([
    ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    ["HOSTNAME", container.extras?.hostname ?? container.name],
    ...container.env,
  ]);
  return {
    terminal: false,
    user: { uid, gid, additionalGids: groups },
    args: argv,
    env: [...env].map(([name, value]) => `${name}=${value}`),
    cwd: container.workingDirectory === "" ? "/" : container.workingDirectory,
    capabilities: specCapabilities(container, machine),
    noNewPrivileges: container.noNewPrivileges,
    ...processExtras(container.extras),
  };
}

/** RLIM_INFINITY is the largest number of 64 bits, which JSON as written here cannot carry: this is as good. */
const NO_BOUND = Number.MAX_SAFE_INTEGER;

function processExtras({ ulimits = [], oomScoreAdj }: ContainerExtras = {}): Partial<SpecProcess> {
  const bound = (value: number): number => (value < 0 ? NO_BOUND : value);
  const rlimits = ulimits.map(({ name, soft, hard }) => ({
    type: `RLIMIT_${name.toUpperCase()}`,
    soft: bound(soft),
    hard: bound(hard),
  }));
  return {
    ...(rlimits.length === 0 ? {} : { rlimits }),
    ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
  };
}

/**
 * Only uid 0 starts with its capabilities in effect; for others they merely bound what a set-uid program could
 * regain, which is what the kernel's own rule for `execve` comes to (capabilities(7)).
 */
function specCapabilities(container: Container, machine: Machine): SpecCapabilities {
  const bounding = container.capabilities
    .filter((name) => machine.capabilities.includes(name))
    .map((name) => `CAP_${name}`);
  const active = container.user.uid === 0 ? bounding : [];
  return { bounding, permitted: active, effective: active, inheritable: [], ambient: [] };
}

function specNamespaces(container: Container, network: StartOptions["network"]): readonly SpecNamespace[] {
  return [
    { type: "mount" },
    { type: "cgroup" },
    ...(container.pid === "private" ? [{ type: "pid" } as const] : []),
    ...(container.uts === "private" ? [{ type: "uts" } as const] : []),
    ...(container.ipc !== "host" ? [{ type: "ipc" } as const] : []),
    ...networkNamespace(network),
  ];
}

function networkNamespace(network: StartOptions["network"]): readonly SpecNamespace[] {
  switch (network.kind) {
    case "private":
      return [{ type: "network" }];
    case "join":
      return [{ type: "network", path: network.network }];
    case "host":
      return [];
  }
}
