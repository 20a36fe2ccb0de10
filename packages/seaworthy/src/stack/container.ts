/** Turns a service of a Compose file and its image into a container, by Docker's rules where the file is silent. */
import { posix } from "node:path";
import type { Capability, Container, ContainerImage, HealthCheck, Mount, User } from "../engine/container.ts";
import type { ContainerExtras } from "../engine/container-extras.ts";
import type { StackService } from "../engine/stack-service.ts";
import { Fault } from "../fault/fault.ts";
import { CAPABILITIES } from "../recipe/capabilities.ts";
import type { ComposeProject } from "../recipe/compose.ts";
import type { ComposeService } from "../recipe/compose-service.ts";
import { stackVolumes } from "./compose-stack.ts";

/** A line of the image's `/etc/passwd`, with the groups its `/etc/group` adds. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

export interface ContainerContext {
  readonly project: ComposeProject;
  readonly image: ContainerImage;
  /** The accounts the image has, for `user:` and `group_add:` by name. */
  readonly accounts: readonly Account[];
  /** Name to id, for groups that are nobody's own. */
  readonly groups: ReadonlyMap<string, number>;
  /** Absolute; volumes live in `<stateRoot>/volumes`. */
  readonly stateRoot: string;
}

/** What Docker gives every container. @see {@link https://github.com/moby/moby/blob/master/oci/caps/defaults.go} */
export const DEFAULT_CAPABILITIES: readonly Capability[] = (
  "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL " +
  "AUDIT_WRITE"
).split(" ");

const DEFAULT_SHM_SIZE = 64 * 1024 ** 2;
const DEFAULT_STOP_GRACE = 10_000;
const DEFAULT_HEALTH = {
  interval: 30_000,
  timeout: 30_000,
  startPeriod: 0,
  startInterval: 5_000,
  retries: 3,
} as const;

/** @throws Fault `stack/account` for a user or group the image does not know, `stack/no-command` */
export function toContainer(service: ComposeService, context: ContainerContext): StackService {
  const { image } = context;
  const { privileged, security } = service;
  const container: Container = {
    name: service.name,
    image,
    argv: argvOf(service, context),
    env: environmentOf(service, image),
    workingDirectory: posix.resolve("/", service.workingDirectory ?? image.config.workingDirectory),
    mounts: mountsOf(service, context),
    stopSignal: service.stopSignal ?? (image.config.stopSignal || "SIGTERM"),
    stopGrace: service.stopGrace ?? DEFAULT_STOP_GRACE,
    user: userOf(service, context),
    readOnlyRoot: service.readOnly,
    noNewPrivileges: security.noNewPrivileges,
    capabilities: privileged ? CAPABILITIES : capabilitiesOf(service.capAdd, service.capDrop),
    // A profile that is named counts, privileged or not.
    seccomp:
      security.seccomp ?? (privileged && security.seccompProfile === undefined ? "unconfined" : "default"),
    systemPaths: security.systemPaths ?? (privileged ? "unconfined" : "default"),
    hostDevices: privileged,
    network: service.network === "pod" ? "private" : ownOr(service.network),
    pid: ownOr(service.pid),
    ipc: ownOr(service.ipc),
    uts: service.uts,
    limits: { ...service.limits, shmSize: service.limits.shmSize || DEFAULT_SHM_SIZE },
    extras: extrasOf(service),
  };
  return {
    container,
    ports: service.ports,
    ...(service.expose.length === 0 ? {} : { expose: service.expose }),
    healthCheck: healthCheckOf(service, image),
    restart: service.restart,
    dependsOn: service.dependsOn,
    networks: service.networks,
    ...(service.containerName === undefined ? {} : { containerName: service.containerName }),
  };
}

/** That of another service is an extra; by itself it says nothing of the host's. */
function ownOr<Mode extends string>(mode: Mode | { readonly share: string }): Mode | "private" {
  return typeof mode === "object" ? "private" : mode;
}

function extrasOf(service: ComposeService): ContainerExtras {
  const { labels, security, network, pid, ipc, limits } = service;
  const { memorySwap, ...extras } = service.extras;
  const texts = new Map([...labels].map(([name, value]) => [name, value ?? ""]));
  const { seccompProfile, apparmor, others } = security;
  return {
    ...extras,
    // Memory and swap together equal to memory is no swap, which is what a limit means anyway.
    ...(memorySwap === undefined || memorySwap === limits.memory ? {} : { memorySwap }),
    ...(texts.size === 0 ? {} : { labels: texts }),
    ...(seccompProfile === undefined ? {} : { seccompProfile }),
    ...(apparmor === undefined ? {} : { apparmor }),
    ...(others === undefined ? {} : { securityOptions: others }),
    ...(typeof network === "object" ? { shareNetwork: network.share } : {}),
    ...(typeof pid === "object" ? { sharePid: pid.share } : {}),
    ...(typeof ipc === "object" ? { shareIpc: ipc.share } : {}),
  };
}

/** An entrypoint of the file's own sets the image's command aside; an empty one, or an empty command, does not. */
function argvOf(service: ComposeService, context: ContainerContext): readonly string[] {
  const { config } = context.image;
  const entrypoint = service.entrypoint ?? config.entrypoint;
  const written = service.command ?? [];
  const own = (service.entrypoint ?? []).length > 0;
  const command = own || written.length > 0 ? written : config.command;
  const argv = [...entrypoint, ...command];
  if (argv.length > 0) return argv;
  throw serviceFault(service, context, "command", "stack/no-command", "a program to start", "none");
}

function environmentOf(service: ComposeService, image: ContainerImage): ReadonlyMap<string, string> {
  const environment = new Map(image.config.env);
  for (const [name, value] of service.environment) {
    if (value === undefined) environment.delete(name);
    else environment.set(name, value);
  }
  return environment;
}

/** Docker's order of rules: `ALL` added beats `ALL` dropped, what is added by name survives both. */
function capabilitiesOf(add: readonly string[], drop: readonly string[]): readonly Capability[] {
  const kept = (from: readonly string[]): string[] => from.filter((name) => !drop.includes(name));
  if (add.includes("ALL")) return kept(CAPABILITIES);
  if (drop.includes("ALL")) return [...new Set(add)];
  return [...new Set([...kept(DEFAULT_CAPABILITIES), ...add])];
}

/** A number that no account has gets group 0, as with Docker. */
function userOf(service: ComposeService, context: ContainerContext): User {
  const { user, group } = service.user ?? imageUser(context.image);
  const account = context.accounts.find((one) => one.name === user || one.uid === user);
  const uid = account?.uid ?? (user === "root" ? 0 : user);
  if (typeof uid === "string") {
    throw serviceFault(
      service,
      context,
      "user",
      "stack/account",
      "a user the image has, or a number",
      `"${uid}"`,
    );
  }
  const gid = group === undefined ? (account?.gid ?? 0) : groupOf(group, service, context, "user");
  const added = service.groups.map((name) => groupOf(name, service, context, "group_add"));
  // A group named beside the user replaces all that the account has.
  const own = group === undefined ? (account?.groups ?? []) : [];
  return { uid, gid, groups: [...new Set([...own, ...added])] };
}

function imageUser(image: ContainerImage): NonNullable<ComposeService["user"]> {
  const [user = "", group] = image.config.user
    .split(":")
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return { user: user === "" ? 0 : user, group };
}

function groupOf(
  group: number | string,
  service: ComposeService,
  context: ContainerContext,
  key: string,
): number {
  const gid =
    typeof group === "number" ? group : (context.groups.get(group) ?? (group === "root" ? 0 : undefined));
  if (gid !== undefined) return gid;
  throw serviceFault(
    service,
    context,
    key,
    "stack/account",
    "a group the image has, or a number",
    `"${group}"`,
  );
}

/** Secrets come last, so that they may lie inside another mount. */
function mountsOf(service: ComposeService, context: ContainerContext): readonly Mount[] {
  const { project, stateRoot } = context;
  const mounts = service.mounts.map((mount): Mount => {
    if (mount.kind !== "volume") return mount;
    const name = stackVolumes(project).get(mount.name)?.name ?? `${project.name}_${mount.name}`;
    return { ...mount, name, source: posix.join(stateRoot, "volumes", name) };
  });
  const files = service.grants.map(({ kind, source, target }): Mount => {
    const file = (kind === "secret" ? project.secrets : project.configs).get(source);
    if (file === undefined) {
      throw serviceFault(
        service,
        context,
        `${kind}s`,
        "compose/undeclared",
        `a declared ${kind}`,
        `"${source}"`,
      );
    }
    return { kind: "secret", name: source, source: file.path, target };
  });
  return [...mounts, ...files];
}

/** Field by field: the file's, else the image's, else Docker's. Zero counts as not written, as with Docker. */
function healthCheckOf(service: ComposeService, image: ContainerImage): HealthCheck | undefined {
  const written = service.healthCheck;
  const inherited = image.config.healthCheck;
  const argv = written?.argv ?? inherited?.argv;
  if (written?.disabled === true || argv === undefined) return undefined;
  const pick = (key: keyof typeof DEFAULT_HEALTH): number =>
    written?.[key] || inherited?.[key] || DEFAULT_HEALTH[key];
  return {
    argv,
    interval: pick("interval"),
    timeout: pick("timeout"),
    startPeriod: pick("startPeriod"),
    startInterval: pick("startInterval"),
    retries: pick("retries"),
  };
}

function serviceFault(
  service: ComposeService,
  { project }: ContainerContext,
  key: string,
  code: string,
  expected: string,
  found: string,
): Fault {
  return new Fault({
    code,
    message: `expected ${expected} for service ${service.name}, found ${found}`,
    place: project.place(["services", service.name, key]),
  });
}
