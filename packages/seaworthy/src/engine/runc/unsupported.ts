/** Names, by their Compose keys, what a container asks for that runc and crun are not told: refused rather than dropped. */
import type { Container } from "../container.ts";
import type { ContainerExtras } from "../container-extras.ts";

export interface Unsupported {
  /** As in Compose: `domainname`. */
  readonly key: string;
  /** What was asked for. */
  readonly what: string;
  readonly hint: string;
}

const USE_DOCKER = "Remove it, or use a Docker Engine.";

/** The keys whose mere presence is more than this engine gives. Labels and the pull policy change no process. */
const REFUSED: readonly (readonly [key: string, field: keyof ContainerExtras])[] = [
  ["domainname", "domainName"],
  ["tty", "tty"],
  ["devices", "devices"],
  ["device_cgroup_rules", "deviceCgroupRules"],
  ["mac_address", "macAddress"],
  ["userns_mode", "usernsMode"],
  ["cgroup", "cgroup"],
  ["cgroup_parent", "cgroupParent"],
  ["runtime", "runtime"],
  ["oom_kill_disable", "oomKillDisable"],
  ["memswap_limit", "memorySwap"],
  ["mem_swappiness", "memorySwappiness"],
  ["security_opt: apparmor", "apparmor"],
  ["security_opt", "securityOptions"],
  ["storage_opt", "storageOptions"],
  ["pid", "sharePid"],
  ["ipc", "shareIpc"],
];

/** All that this container asks for and would not get; none when it can be started as declared. */
export function unsupportedByRunc(container: Container): readonly Unsupported[] {
  const extras = container.extras ?? {};
  return [
    ...REFUSED.filter(([, field]) => asksFor(extras[field])).map(([key, field]) => ({
      key,
      what: described(extras[field]),
      hint: USE_DOCKER,
    })),
    ...sharedNetwork(extras),
    ...unknownHosts(extras),
    ...otherPlatform(container),
    ...otherLogging(extras),
    ...sharedMounts(container),
  ];
}

/** `tty: false` and an empty list ask for nothing. A private cgroup namespace is what every container has. */
function asksFor(value: ContainerExtras[keyof ContainerExtras]): boolean {
  if (value === undefined || value === false || value === "private") return false;
  if (Array.isArray(value)) return value.length > 0;
  return !(value instanceof Map) || value.size > 0;
}

function described(value: unknown): string {
  return value instanceof Map ? JSON.stringify([...value]) : JSON.stringify(value);
}

/** A service's network is given when the container is started; another tool's container is not ours to find. */
function sharedNetwork({ shareNetwork }: ContainerExtras): readonly Unsupported[] {
  if (shareNetwork === undefined || shareNetwork.startsWith("service:")) return [];
  return [{ key: "network_mode", what: shareNetwork, hint: USE_DOCKER }];
}

function unknownHosts({ extraHosts = [] }: ContainerExtras): readonly Unsupported[] {
  return extraHosts
    .filter(([, address]) => address === "host-gateway")
    .map(([name]) => ({
      key: "extra_hosts",
      what: `${name}:host-gateway`,
      hint: "A stack of this engine has no way to the host: give an address, or use a Docker Engine.",
    }));
}

function otherPlatform({ extras, image }: Container): readonly Unsupported[] {
  const [system, architecture] = extras?.platform?.split("/") ?? [];
  if (system === undefined || (system === "linux" && architecture === image.config.architecture)) return [];
  return [
    {
      key: "platform",
      what: extras?.platform ?? "",
      hint: `The image is for linux/${image.config.architecture}.`,
    },
  ];
}

function otherLogging({ logging }: ContainerExtras): readonly Unsupported[] {
  if (logging === undefined || [undefined, "json-file", "local"].includes(logging.driver)) return [];
  return [
    {
      key: "logging",
      what: `driver ${logging.driver}`,
      hint: "Logs are kept in files: see `seaworthy logs`.",
    },
  ];
}

function sharedMounts({ mounts }: Container): readonly Unsupported[] {
  return mounts.flatMap((mount) =>
    mount.kind === "bind" && !["private", "rprivate"].includes(mount.propagation ?? "private")
      ? [{ key: "volumes: bind.propagation", what: mount.propagation ?? "", hint: USE_DOCKER }]
      : [],
  );
}
