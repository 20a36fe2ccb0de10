/** Turns a container into the Engine API's create request: what it may do, and nothing else. */
import { resolveSeccomp } from "../../posture/seccomp/resolve.ts";
import { CAPABILITIES } from "../../recipe/capabilities.ts";
import type { Capability, Container, HealthCheck } from "../container.ts";
import type { ContainerExtras } from "../container-extras.ts";
import type { DockerClient } from "./client.ts";
import type { CreateRequest, HealthConfig, HostConfig } from "./create-request.ts";
import { toMounts } from "./to-mounts.ts";

/** What the container itself does not say. */
export interface CreateContext {
  readonly flavor: DockerClient["flavor"];
  /** `none`, `host`, `container:ID`, or a network's name. */
  readonly network: string;
  /** The most that a container can be given here; more would be refused. Everything when left out. */
  readonly capabilities?: readonly Capability[];
  /** A file on the engine's side with our seccomp profile, for Podman, which takes no profile's text. */
  readonly seccompFile?: string | undefined;
  /** How secrets get in: as the files they are, or copied into a volume of the container's before it starts. */
  readonly secrets: "bind" | "copy";
  /** Beside those of the container's extras. */
  readonly labels?: ReadonlyMap<string, string>;
  /** Name to address, for `/etc/hosts`. */
  readonly hosts?: ReadonlyMap<string, string>;
  /** None, not even the image's own, when left out. */
  readonly healthCheck?: HealthCheck | undefined;
  /** By which the engine finds the image, when that is not its reference. */
  readonly image?: string;
  /** `container:ID`, for the extras' `sharePid` and `shareIpc` once their services have containers. */
  readonly pidMode?: string;
  readonly ipcMode?: string;
}

/**
 * Pure. The program is exactly `container.argv`, whatever entrypoint the image has.
 * @see https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Container/operation/ContainerCreate
 */
export function toCreateRequest(container: Container, context: CreateContext): CreateRequest {
  const extras = container.extras ?? {};
  const { user } = container;
  const shared = context.network.startsWith("container:");
  const labels = { ...Object.fromEntries(extras.labels ?? []), ...Object.fromEntries(context.labels ?? []) };
  return {
    Image: context.image ?? engineImage(container.image),
    // A network namespace of somebody else's comes with its host name and its hosts file; the engine refuses another.
    ...(shared || container.uts === "host" ? {} : { Hostname: extras.hostname ?? container.name }),
    ...(shared || extras.domainName === undefined ? {} : { Domainname: extras.domainName }),
    User: `${user.uid}:${user.gid}`,
    Env: [...container.env].map(([name, value]) => `${name}=${value}`),
    Entrypoint: container.argv,
    Cmd: [],
    WorkingDir: container.workingDirectory === "" ? "/" : container.workingDirectory,
    Labels: labels,
    Healthcheck: toHealthConfig(context.healthCheck),
    StopSignal: container.stopSignal,
    StopTimeout: Math.ceil(container.stopGrace / 1000),
    Tty: extras.tty ?? false,
    OpenStdin: extras.stdinOpen ?? false,
    ...(shared || extras.macAddress === undefined ? {} : { MacAddress: extras.macAddress }),
    HostConfig: toHostConfig(container, extras, context),
  };
}

/** An image of the engine's own store is known by its id, one that was loaded from ours by the name it was given. */
export function engineImage(image: Container["image"]): string {
  return image.layers.length === 0 ? image.manifest.digest : image.reference;
}

/** The one place that knows how a check is written for the engine. */
export function toHealthConfig(check: HealthCheck | undefined): HealthConfig {
  if (check === undefined) return { Test: ["NONE"] };
  const nanoseconds = (milliseconds: number): number => Math.round(milliseconds * 1_000_000);
  return {
    Test: ["CMD", ...check.argv],
    Interval: nanoseconds(check.interval),
    Timeout: nanoseconds(check.timeout),
    StartPeriod: nanoseconds(check.startPeriod),
    StartInterval: nanoseconds(check.startInterval),
    Retries: check.retries,
  };
}

function toHostConfig(container: Container, extras: ContainerExtras, context: CreateContext): HostConfig {
  const grantable = context.capabilities ?? CAPABILITIES;
  const privileged = isWide(container, grantable);
  return {
    ...toMounts(container, context),
    ...toNamespaces(container, extras, context),
    ...toResources(container, extras, context),
    ...toDevices(container, extras, privileged),
    ...toNames(extras, context),
    ReadonlyRootfs: container.readOnlyRoot,
    CapDrop: ["ALL"],
    CapAdd: container.capabilities.filter((name) => grantable.includes(name)),
    GroupAdd: container.user.groups.map(String),
    ...(container.systemPaths === "unconfined" ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
    SecurityOpt: securityOptions(container, extras, context),
    ...(extras.init === undefined ? {} : { Init: extras.init }),
    ...(extras.runtime === undefined ? {} : { Runtime: extras.runtime }),
    ...(extras.cgroupParent === undefined ? {} : { CgroupParent: extras.cgroupParent }),
    ...(extras.storageOptions === undefined ? {} : { StorageOpt: Object.fromEntries(extras.storageOptions) }),
    ...(extras.logging === undefined
      ? {}
      : {
          LogConfig: {
            Type: extras.logging.driver ?? "",
            Config: Object.fromEntries(extras.logging.options),
          },
        }),
  };
}

/**
 * `privileged` is all of the host's devices and no confinement of any other kind either, so it is asked for only when that
 * is what the container says. An engine whose own processes lack a capability refuses it to uid 0.
 */
function isWide(container: Container, grantable: readonly Capability[]): boolean {
  return (
    container.hostDevices &&
    container.seccomp === "unconfined" &&
    container.systemPaths === "unconfined" &&
    !container.noNewPrivileges &&
    CAPABILITIES.every((name) => container.capabilities.includes(name) && grantable.includes(name))
  );
}

/**
 * Our own default profile: an old Docker's still lets io_uring through, and Podman's lets everybody make namespaces.
 */
function seccompOption(
  container: Container,
  extras: ContainerExtras,
  { flavor, seccompFile }: CreateContext,
): string | undefined {
  const { seccomp, capabilities, image } = container;
  if (seccomp === "unconfined") return "unconfined";
  if (flavor === "podman" && seccompFile !== undefined) return seccompFile;
  if (extras.seccompProfile !== undefined) return extras.seccompProfile;
  if (seccomp === "engine" || flavor === "podman") return undefined;
  return JSON.stringify(resolveSeccomp({ capabilities, architecture: image.config.architecture }));
}

function securityOptions(
  container: Container,
  extras: ContainerExtras,
  context: CreateContext,
): readonly string[] {
  const seccomp = seccompOption(container, extras, context);
  const unmask = container.systemPaths === "unconfined" && context.flavor === "podman";
  return [
    ...(container.noNewPrivileges ? ["no-new-privileges"] : []),
    ...(seccomp === undefined ? [] : [`seccomp=${seccomp}`]),
    ...(extras.apparmor === undefined ? [] : [`apparmor=${extras.apparmor}`]),
    // Podman takes empty lists of masked paths for none given.
    ...(unmask ? ["unmask=ALL"] : []),
    ...(extras.securityOptions ?? []),
  ];
}

function toNamespaces(
  container: Container,
  extras: ContainerExtras,
  context: CreateContext,
): Pick<HostConfig, "NetworkMode" | "PidMode" | "IpcMode" | "UTSMode" | "UsernsMode" | "CgroupnsMode"> {
  return {
    NetworkMode: context.network,
    PidMode: context.pidMode ?? (container.pid === "host" ? "host" : ""),
    IpcMode: context.ipcMode ?? container.ipc,
    ...(container.uts === "host" ? { UTSMode: container.uts } : {}),
    ...(extras.usernsMode === undefined ? {} : { UsernsMode: extras.usernsMode }),
    ...(extras.cgroup === undefined ? {} : { CgroupnsMode: extras.cgroup }),
  };
}

function toResources(
  { limits, ipc }: Container,
  extras: ContainerExtras,
  { ipcMode }: CreateContext,
): Partial<HostConfig> {
  const { memory, pids, cpus, shmSize } = limits;
  return {
    // Equal to the memory means: no swap on top.
    ...(memory === undefined ? {} : { Memory: memory, MemorySwap: extras.memorySwap ?? memory }),
    ...(pids === undefined ? {} : { PidsLimit: pids }),
    ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
    // Shared memory of somebody else's has a size already; Podman refuses another.
    ...(ipc !== "private" || ipcMode !== undefined ? {} : { ShmSize: shmSize }),
    ...(extras.memoryReservation === undefined ? {} : { MemoryReservation: extras.memoryReservation }),
    ...(extras.memorySwappiness === undefined ? {} : { MemorySwappiness: extras.memorySwappiness }),
    ...(extras.oomScoreAdj === undefined ? {} : { OomScoreAdj: extras.oomScoreAdj }),
    ...(extras.oomKillDisable === undefined ? {} : { OomKillDisable: extras.oomKillDisable }),
    ...(extras.cpuShares === undefined ? {} : { CpuShares: extras.cpuShares }),
    ...(extras.cpuset === undefined ? {} : { CpusetCpus: extras.cpuset }),
    ...(extras.ulimits === undefined
      ? {}
      : { Ulimits: extras.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })) }),
    ...(extras.sysctls === undefined ? {} : { Sysctls: Object.fromEntries(extras.sysctls) }),
  };
}

/** All devices without the rest of `privileged`: the engine walks a folder that is given as a device. */
const ALL_DEVICES = { PathOnHost: "/dev", PathInContainer: "/dev", CgroupPermissions: "rwm" };

function toDevices(
  container: Container,
  extras: ContainerExtras,
  privileged: boolean,
): Pick<HostConfig, "Privileged" | "Devices" | "DeviceCgroupRules"> {
  if (privileged) return { Privileged: true };
  const devices = (extras.devices ?? []).map(({ source, target, permissions }) => ({
    PathOnHost: source,
    PathInContainer: target,
    CgroupPermissions: permissions,
  }));
  return {
    Devices: container.hostDevices ? [ALL_DEVICES, ...devices] : devices,
    DeviceCgroupRules: [...(container.hostDevices ? ["a *:* rwm"] : []), ...(extras.deviceCgroupRules ?? [])],
  };
}

function toNames(
  extras: ContainerExtras,
  context: CreateContext,
): Pick<HostConfig, "ExtraHosts" | "Dns" | "DnsSearch" | "DnsOptions"> {
  if (context.network.startsWith("container:")) return {};
  return {
    ExtraHosts: [...(context.hosts ?? []), ...(extras.extraHosts ?? [])].map(([name, to]) => `${name}:${to}`),
    ...(extras.dns === undefined ? {} : { Dns: extras.dns }),
    ...(extras.dnsSearch === undefined ? {} : { DnsSearch: extras.dnsSearch }),
    ...(extras.dnsOptions === undefined ? {} : { DnsOptions: extras.dnsOptions }),
  };
}
