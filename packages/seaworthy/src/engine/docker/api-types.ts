/** What of the Engine API's objects is used here, under the API's own names. Everything is the engine's word, and may be missing. */

export interface EngineVersion {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string;
  readonly KernelVersion?: string;
  readonly Arch?: string;
  readonly Os?: string;
  /** `Engine` for Docker, `Podman Engine` for Podman. */
  readonly Components?: readonly { readonly Name: string; readonly Version: string }[] | null;
}

export interface EngineInfo {
  readonly Name?: string;
  readonly OSType?: string;
  readonly Architecture?: string;
  readonly KernelVersion?: string;
  /** `1` or `2`. */
  readonly CgroupVersion?: string;
  readonly CgroupDriver?: string;
  /** `name=seccomp,profile=default`, `name=rootless`. */
  readonly SecurityOptions?: readonly string[] | null;
  /** Podman only. */
  readonly Rootless?: boolean;
  readonly MemoryLimit?: boolean;
  readonly SwapLimit?: boolean;
  readonly PidsLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly Warnings?: readonly string[] | null;
  readonly DockerRootDir?: string;
  /** Where images without a registry in their name come from. */
  readonly IndexServerAddress?: string;
  readonly NCPU?: number;
  readonly MemTotal?: number;
  readonly Runtimes?: Readonly<Record<string, unknown>>;
  readonly Driver?: string;
}

export interface HealthState {
  /** `none`, `starting`, `healthy`, `unhealthy`. */
  readonly Status: string;
  readonly FailingStreak: number;
  readonly Log?:
    | readonly {
        readonly Start: string;
        readonly End: string;
        readonly ExitCode: number;
        readonly Output: string;
      }[]
    | null;
}

export interface ContainerDetails {
  readonly Id: string;
  /** With a leading slash. */
  readonly Name: string;
  readonly Created: string;
  /** The image's id. */
  readonly Image: string;
  readonly RestartCount?: number;
  readonly State: {
    /** `created`, `running`, `paused`, `restarting`, `removing`, `exited`, `dead`. */
    readonly Status: string;
    readonly Running: boolean;
    readonly Restarting?: boolean;
    readonly OOMKilled: boolean;
    readonly Pid: number;
    readonly ExitCode: number;
    readonly Error?: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: HealthState | null;
  };
  readonly Config: {
    readonly Image: string;
    readonly User: string;
    readonly Tty: boolean;
    readonly Env?: readonly string[] | null;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Mounts?:
    | readonly {
        readonly Type: string;
        readonly Name?: string;
        readonly Source: string;
        readonly Destination: string;
        readonly RW: boolean;
      }[]
    | null;
  readonly NetworkSettings: {
    readonly Ports?: Readonly<Record<string, readonly PortBinding[] | null>> | null;
    readonly Networks?: Readonly<Record<string, EndpointDetails>> | null;
  };
}

export interface PortBinding {
  readonly HostIp: string;
  readonly HostPort: string;
}

export interface EndpointDetails {
  readonly NetworkID: string;
  readonly IPAddress: string;
  readonly GlobalIPv6Address?: string;
  readonly Aliases?: readonly string[] | null;
}

export interface ContainerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  /** Seconds since 1970. */
  readonly Created: number;
  readonly State: string;
  /** For people: `Up 3 minutes (healthy)`. */
  readonly Status: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Ports?:
    | readonly {
        readonly IP?: string;
        readonly PrivatePort: number;
        readonly PublicPort?: number;
        readonly Type: string;
      }[]
    | null;
}

/** One sample, as far as `docker stats` prints it. */
export interface ContainerStats {
  readonly read: string;
  readonly cpu_stats: CpuSample;
  readonly precpu_stats: CpuSample;
  readonly memory_stats: {
    readonly usage?: number;
    readonly limit?: number;
    readonly stats?: Readonly<Record<string, number>>;
  };
  readonly pids_stats: { readonly current?: number; readonly limit?: number };
  readonly networks?: Readonly<Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>>;
}

export interface CpuSample {
  readonly cpu_usage: { readonly total_usage: number };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
}

export interface ImageDetails {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Created: string;
  readonly Architecture: string;
  readonly Os: string;
  /** In bytes. */
  readonly Size: number;
  readonly Config: {
    readonly User?: string;
    readonly Env?: readonly string[] | null;
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly WorkingDir?: string;
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
    readonly Volumes?: Readonly<Record<string, unknown>> | null;
    readonly StopSignal?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    /** Durations in nanoseconds. */
    readonly Healthcheck?: {
      readonly Test?: readonly string[] | null;
      readonly Interval?: number;
      readonly Timeout?: number;
      readonly StartPeriod?: number;
      readonly StartInterval?: number;
      readonly Retries?: number;
    } | null;
  };
  readonly RootFS?: { readonly Type: string; readonly Layers?: readonly string[] | null };
}

export interface ImageSummary {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Created: number;
  readonly Size: number;
}

export interface ImageHistoryRow {
  readonly Id: string;
  readonly Created: number;
  readonly CreatedBy: string;
  readonly Size: number;
  readonly Comment: string;
}

export interface NetworkCreate {
  readonly Name: string;
  readonly Driver?: string;
  readonly Internal?: boolean;
  readonly Attachable?: boolean;
  readonly EnableIPv6?: boolean;
  readonly IPAM?: {
    readonly Driver?: string;
    readonly Config?: readonly Readonly<Record<string, unknown>>[];
    readonly Options?: Readonly<Record<string, string>>;
  };
  readonly Options?: Readonly<Record<string, string>>;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly CheckDuplicate?: boolean;
}

export interface NetworkDetails {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly Internal: boolean;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly IPAM?: {
    readonly Config?: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null;
  };
  readonly Containers?: Readonly<
    Record<string, { readonly Name: string; readonly IPv4Address: string; readonly IPv6Address: string }>
  > | null;
}

/** How a container is in a network, in a create request and in `connect`. */
export interface EndpointSettings {
  readonly Aliases?: readonly string[];
  readonly IPAMConfig?: { readonly IPv4Address?: string; readonly IPv6Address?: string };
  readonly MacAddress?: string;
}

export interface VolumeCreate {
  readonly Name?: string;
  readonly Driver?: string;
  readonly DriverOpts?: Readonly<Record<string, string>>;
  readonly Labels?: Readonly<Record<string, string>>;
}

export interface VolumeDetails {
  readonly Name: string;
  readonly Driver: string;
  readonly Mountpoint: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Options?: Readonly<Record<string, string>> | null;
}

export interface EngineEvent {
  /** `container`, `network`, `volume`, `image`. */
  readonly Type: string;
  /** `start`, `die`, `oom`, `health_status: healthy`. */
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  /** Nanoseconds since 1970, beyond what a number holds exactly. */
  readonly timeNano: number;
}
