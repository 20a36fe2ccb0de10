/** What a Compose file may ask of a container beyond what every verb looks at, named as in Compose and free of YAML. */

/** A field that is left out is the engine's default. */
export interface ComposeExtras {
  readonly hostname?: string;
  readonly domainName?: string;
  readonly init?: boolean;
  readonly tty?: boolean;
  readonly stdinOpen?: boolean;
  readonly ulimits?: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  readonly sysctls?: ReadonlyMap<string, string>;
  readonly devices?: readonly {
    readonly source: string;
    readonly target: string;
    readonly permissions: string;
  }[];
  readonly deviceCgroupRules?: readonly string[];
  readonly extraHosts?: readonly (readonly [string, string])[];
  readonly dns?: readonly string[];
  readonly dnsSearch?: readonly string[];
  readonly dnsOptions?: readonly string[];
  readonly macAddress?: string;
  readonly usernsMode?: "host";
  readonly cgroup?: "host" | "private";
  readonly cgroupParent?: string;
  readonly runtime?: string;
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
  readonly cpuset?: string;
  readonly logging?: { readonly driver: string | undefined; readonly options: ReadonlyMap<string, string> };
  readonly storageOptions?: ReadonlyMap<string, string>;
}
