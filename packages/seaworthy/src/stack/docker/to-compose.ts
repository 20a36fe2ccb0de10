/** Writes a Compose file for containers that somebody else has started, from what the engine says of them. */
import { isDeepStrictEqual } from "node:util";
import type { ContainerDetails, EngineInfo, ImageDetails } from "../../engine/docker/api-types.ts";
import type { HostSettings } from "./host-settings.ts";
import { SERVICE } from "./labels.ts";

export interface Adopted {
  /** A Compose file's content. */
  readonly compose: ComposeText;
  /** Seccomp profiles, by the name that the file gives them. */
  readonly files: ReadonlyMap<string, string>;
}

export interface ComposeText {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks?: Readonly<Record<string, Outside | Own>>;
  readonly volumes?: Readonly<Record<string, Outside | Own>>;
}

export type Service = Readonly<Record<string, unknown>>;

/** Made by whoever made the container. */
interface Outside {
  readonly name: string;
  readonly external: true;
}

/** Made for this file. */
interface Own {
  readonly internal?: boolean;
}

/** Docker's, and Podman's. */
const DEFAULT_SHM: readonly (number | undefined)[] = [64 * 1024 * 1024, 65_536_000];
/** What Podman says of every tmpfs, which Compose has no words for. */
const NOT_FOR_COMPOSE = /^(?:r?private|rw|tmpcopyup)$/;
/** Made for one container, and gone with it. */
const ANONYMOUS = /^[0-9a-f]{64}$/;

/**
 * What differs from the image and from the engine's defaults is written, but for labels, logging and fixed addresses. Names of
 * containers are left out: the running ones have them.
 * @param images by id
 * @param engine whose defaults differ with its machine's control groups
 */
export function adopt(
  containers: readonly ContainerDetails[],
  images: ReadonlyMap<string, ImageDetails>,
  { CgroupVersion = "2" }: Pick<EngineInfo, "CgroupVersion">,
): Adopted {
  const files = new Map<string, string>();
  const networks: Record<string, Outside> = {};
  const volumes: Record<string, Outside> = {};
  const services: Record<string, Service> = {};
  for (const container of containers) {
    const name = serviceName(container);
    const host = container.HostConfig as HostSettings;
    const own = networksOf(container, host);
    for (const network of own) networks[network] = { name: network, external: true };
    const mounts = mountsOf(container, volumes);
    services[name] = filled({
      image: container.Config.Image,
      ...programOf(container, images.get(container.Image)),
      ...(own.length > 0 ? { networks: own } : {}),
      ...namespacesOf(host, CgroupVersion === "1" ? "host" : "private"),
      ports: portsOf(host),
      expose: exposedOf(container, images.get(container.Image), host),
      volumes: mounts,
      tmpfs: Object.entries(host.Tmpfs ?? {}).map(tmpfsOf),
      ...confinementOf(host, name, files),
      ...resourcesOf(host),
      extra_hosts: (host.ExtraHosts ?? []).map(escaped),
      dns: host.Dns ?? [],
      restart: restartOf(host),
    });
  }
  const compose: ComposeText = {
    services,
    ...(Object.keys(networks).length > 0 ? { networks } : {}),
    ...(Object.keys(volumes).length > 0 ? { volumes } : {}),
  };
  return { compose, files };
}

/** Of its Compose file, when it has one. */
function serviceName({ Name, Config }: ContainerDetails): string {
  return Config.Labels?.[SERVICE] ?? Name.replace(/^\//, "").replaceAll(/[^a-zA-Z0-9._-]/g, "-");
}

interface Program {
  readonly User?: string;
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly StopSignal?: string;
  readonly Healthcheck?: ImageDetails["Config"]["Healthcheck"];
}

function programOf({ Config, Id }: ContainerDetails, image: ImageDetails | undefined): Service {
  const own = Config as Program & ContainerDetails["Config"];
  const base: Program = image?.Config ?? {};
  // Podman puts the name that it made up into the environment, too.
  const inherited = new Set([...(base.Env ?? []), `HOSTNAME=${Id.slice(0, 12)}`]);
  const changed = <Key extends keyof Program>(key: Key): Program[Key] | undefined =>
    isDeepStrictEqual(own[key] ?? undefined, base[key] ?? undefined) ? undefined : own[key];
  const entrypoint = changed("Entrypoint");
  return {
    user: changed("User"),
    entrypoint: entrypoint?.map(escaped),
    // With an entrypoint of its own the image's command does not count.
    command: (entrypoint === undefined || entrypoint === null ? changed("Cmd") : own.Cmd)?.map(escaped),
    working_dir: changed("WorkingDir"),
    environment: (own.Env ?? []).filter((pair) => !inherited.has(pair)).map(escaped),
    stop_signal: changed("StopSignal"),
    healthcheck: checkOf(changed("Healthcheck")),
    ...(own.Tty ? { tty: true } : {}),
  };
}

function checkOf(check: Program["Healthcheck"]): Service | undefined {
  if (check === undefined || check === null) return undefined;
  const [kind, ...rest] = check.Test ?? [];
  if (kind === "NONE") return { disable: true };
  const time = (nanoseconds: number | undefined): string | undefined =>
    nanoseconds === undefined || nanoseconds === 0 ? undefined : `${nanoseconds / 1e6}ms`;
  return filled({
    test: kind === undefined ? undefined : [kind, ...rest.map(escaped)],
    interval: time(check.Interval),
    timeout: time(check.Timeout),
    start_period: time(check.StartPeriod),
    start_interval: time(check.StartInterval),
    retries: check.Retries === 0 ? undefined : check.Retries,
  });
}

/** Of those that somebody made; the engine's own ones are no networks of a stack. */
function networksOf({ NetworkSettings }: ContainerDetails, { NetworkMode = "" }: HostSettings): string[] {
  if (/^(?:host|none|container:.*)$/.test(NetworkMode)) return [];
  return Object.keys(NetworkSettings.Networks ?? {}).filter((name) => name !== "bridge" && name !== "podman");
}

function namespacesOf(host: HostSettings, ordinaryCgroup: string): Service {
  const { NetworkMode = "", PidMode, IpcMode, UTSMode, UsernsMode, CgroupnsMode } = host;
  return {
    network_mode: /^(?:host|none|container:.*)$/.test(NetworkMode) ? NetworkMode : undefined,
    pid: nonEmpty(PidMode, "private"),
    ipc: nonEmpty(IpcMode, "private", "shareable"),
    uts: nonEmpty(UTSMode, "private"),
    userns_mode: nonEmpty(UsernsMode, "private"),
    cgroup: nonEmpty(CgroupnsMode, ordinaryCgroup),
  };
}

function portsOf({ PortBindings }: HostSettings): readonly string[] {
  return Object.entries(PortBindings ?? {}).flatMap(([port, bindings]) =>
    (bindings ?? []).map(({ HostIp, HostPort }) => {
      const target = port.replace(/\/tcp$/, "");
      const address = HostIp.includes(":") ? `[${HostIp}]:` : HostIp === "" ? "" : `${HostIp}:`;
      return address === "" && HostPort === "" ? target : `${address}${HostPort}:${target}`;
    }),
  );
}

/** Those that neither the image names nor anybody publishes. */
function exposedOf(
  { Config }: ContainerDetails,
  image: ImageDetails | undefined,
  { PortBindings }: HostSettings,
): readonly string[] {
  const known = { ...image?.Config.ExposedPorts, ...PortBindings };
  return Object.keys(Config.ExposedPorts ?? {})
    .filter((port) => known[port] === undefined)
    .map((port) => port.replace(/\/tcp$/, ""));
}

function mountsOf({ Mounts }: ContainerDetails, volumes: Record<string, Outside>): readonly unknown[] {
  return (Mounts ?? []).flatMap(({ Type, Name = "", Source, Destination, RW }): readonly unknown[] => {
    const rest = { target: escaped(Destination), ...(RW ? {} : { read_only: true }) };
    if (Type === "bind") return [{ type: "bind", source: escaped(Source), ...rest }];
    if (Type !== "volume") return [];
    if (ANONYMOUS.test(Name)) return [{ type: "volume", ...rest }];
    volumes[Name] = { name: Name, external: true };
    return [{ type: "volume", source: Name, ...rest }];
  });
}

function tmpfsOf([path, text]: readonly [string, string]): string {
  const options = text.split(",").filter((option) => option !== "");
  // Podman says all that holds, so that what it does not say does not: Docker would add it.
  const isWhole = options.includes("rprivate") || options.includes("tmpcopyup");
  const kept = options.filter((option) => !NOT_FOR_COMPOSE.test(option));
  if (isWhole && !options.includes("noexec") && !options.includes("exec")) kept.push("exec");
  return escaped(kept.length === 0 ? path : `${path}:${kept.join(",")}`);
}

function confinementOf(host: HostSettings, name: string, files: Map<string, string>): Service {
  const options = (host.SecurityOpt ?? []).map((option) => {
    const [, profile] = /^seccomp[=:]([{[][^]*)$/.exec(option) ?? [];
    if (profile === undefined) return escaped(option);
    const file = `seccomp.${name}.json`;
    files.set(file, profile);
    return `seccomp=${file}`;
  });
  return {
    read_only: host.ReadonlyRootfs === true ? true : undefined,
    privileged: host.Privileged === true ? true : undefined,
    cap_add: (host.CapAdd ?? []).map(capability),
    cap_drop: (host.CapDrop ?? []).map(capability),
    security_opt: options,
    group_add: host.GroupAdd ?? [],
    devices: (host.Devices ?? []).map(
      ({ PathOnHost, PathInContainer, CgroupPermissions }) =>
        `${PathOnHost}:${PathInContainer}:${CgroupPermissions}`,
    ),
    sysctls: host.Sysctls ?? {},
    init: host.Init === true ? true : undefined,
    runtime: nonEmpty(host.Runtime, "runc", "io.containerd.runc.v2", "oci", "crun"),
  };
}

function capability(name: string): string {
  return name.replace(/^CAP_/, "");
}

function resourcesOf(host: HostSettings): Service {
  const { Memory = 0, MemoryReservation = 0, MemorySwap = 0, NanoCpus = 0, ShmSize = 0 } = host;
  return {
    mem_limit: positive(Memory),
    mem_reservation: positive(MemoryReservation),
    // Twice the memory is the engine's own choice.
    memswap_limit: Memory > 0 && MemorySwap !== 2 * Memory ? MemorySwap || undefined : undefined,
    pids_limit: positive(host.PidsLimit ?? 0),
    cpus: NanoCpus > 0 ? NanoCpus / 1e9 : undefined,
    shm_size: DEFAULT_SHM.includes(ShmSize) ? undefined : positive(ShmSize),
    oom_score_adj: host.OomScoreAdj === 0 ? undefined : host.OomScoreAdj,
    ulimits: Object.fromEntries(
      (host.Ulimits ?? []).map(({ Name, Soft, Hard }) => [
        Name.replace(/^RLIMIT_/, "").toLowerCase(),
        { soft: Soft, hard: Hard },
      ]),
    ),
  };
}

function restartOf({ RestartPolicy }: HostSettings): string | undefined {
  const { Name = "", MaximumRetryCount = 0 } = RestartPolicy ?? {};
  if (Name === "" || Name === "no") return undefined;
  return Name === "on-failure" && MaximumRetryCount > 0 ? `${Name}:${MaximumRetryCount}` : Name;
}

function positive(value: number): number | undefined {
  return value > 0 ? value : undefined;
}

function nonEmpty(value: string | undefined, ...defaults: readonly string[]): string | undefined {
  return value === undefined || value === "" || defaults.includes(value) ? undefined : value;
}

/** Compose fills in what follows a dollar sign. */
function escaped(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** Without keys that say nothing. */
function filled(keys: Service): Service {
  const isEmpty = (value: unknown): boolean =>
    value === undefined ||
    value === null ||
    value === "" ||
    (Array.isArray(value)
      ? value.length === 0
      : typeof value === "object" && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => !isEmpty(value)));
}
