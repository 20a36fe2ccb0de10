/** What a Compose file may ask of a container beyond its confinement. Each engine honours what it can and refuses the rest by name. */

/** Named as in Compose; a field that is left out is the engine's default. */
export interface ContainerExtras {
  readonly hostname?: string;
  readonly domainName?: string;
  readonly labels?: ReadonlyMap<string, string>;
  /** A first process that reaps orphans and passes signals on. */
  readonly init?: boolean;
  readonly tty?: boolean;
  readonly stdinOpen?: boolean;
  readonly ulimits?: readonly Ulimit[];
  readonly sysctls?: ReadonlyMap<string, string>;
  readonly devices?: readonly DeviceMapping[];
  readonly deviceCgroupRules?: readonly string[];
  /** Host name and address; the address may be `host-gateway`. */
  readonly extraHosts?: readonly (readonly [string, string])[];
  readonly dns?: readonly string[];
  readonly dnsSearch?: readonly string[];
  readonly dnsOptions?: readonly string[];
  readonly macAddress?: string;
  readonly usernsMode?: "host";
  readonly cgroup?: "host" | "private";
  readonly cgroupParent?: string;
  readonly runtime?: string;
  /** `linux/arm64`. */
  readonly platform?: string;
  readonly pullPolicy?: string;
  readonly oomScoreAdj?: number;
  readonly oomKillDisable?: boolean;
  /** In bytes; -1 is without bounds. */
  readonly memorySwap?: number;
  /** In bytes. */
  readonly memoryReservation?: number;
  readonly memorySwappiness?: number;
  readonly cpuShares?: number;
  /** `0-3`, `0,1`. */
  readonly cpuset?: string;
  /** A seccomp profile of the user's own: the JSON of the file, as Docker takes it. */
  readonly seccompProfile?: string;
  readonly apparmor?: string;
  /** `security_opt` entries that are none of the above, such as `label=disable`. */
  readonly securityOptions?: readonly string[];
  readonly logging?: { readonly driver: string | undefined; readonly options: ReadonlyMap<string, string> };
  readonly storageOptions?: ReadonlyMap<string, string>;
  /** Another container's or service's namespace: `service:db`, `container:ID`. */
  readonly shareNetwork?: string;
  readonly sharePid?: string;
  readonly shareIpc?: string;
}

/** -1 is without bounds. */
export interface Ulimit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

export interface DeviceMapping {
  readonly source: string;
  readonly target: string;
  /** Any of `rwm`. */
  readonly permissions: string;
}
