/** What `docker inspect` shows of a container under `HostConfig`, as far as a Compose file has words for it. */
export interface HostSettings {
  readonly CapAdd?: readonly string[] | null;
  readonly CapDrop?: readonly string[] | null;
  readonly CgroupnsMode?: string;
  readonly Devices?: readonly DeviceSetting[] | null;
  readonly Dns?: readonly string[] | null;
  readonly ExtraHosts?: readonly string[] | null;
  readonly GroupAdd?: readonly string[] | null;
  readonly Init?: boolean | null;
  readonly IpcMode?: string;
  readonly Memory?: number;
  readonly MemoryReservation?: number;
  readonly MemorySwap?: number;
  readonly NanoCpus?: number;
  readonly NetworkMode?: string;
  readonly OomScoreAdj?: number;
  readonly PidMode?: string;
  readonly PidsLimit?: number | null;
  readonly PortBindings?: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>>;
  readonly Privileged?: boolean;
  readonly ReadonlyRootfs?: boolean;
  readonly RestartPolicy?: { readonly Name: string; readonly MaximumRetryCount: number };
  readonly Runtime?: string;
  readonly SecurityOpt?: readonly string[] | null;
  readonly ShmSize?: number;
  readonly Sysctls?: Readonly<Record<string, string>> | null;
  readonly Tmpfs?: Readonly<Record<string, string>> | null;
  readonly Ulimits?:
    | readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[]
    | null;
  readonly UsernsMode?: string;
  readonly UTSMode?: string;
}

interface DeviceSetting {
  readonly PathOnHost: string;
  readonly PathInContainer: string;
  readonly CgroupPermissions: string;
}
