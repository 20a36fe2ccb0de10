/** Reads a corpus of Compose files with this reader and with `docker compose config`, and compares the outcome. */
import { execFileSync, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type ComposeProject, readComposeFile, readComposeFiles } from "./compose.ts";
import { ALIKE, LAID, LAID_REFUSED, madeFiles, REFUSED, type Shape } from "./compose-corpus.fixture.ts";
import type { ComposeService } from "./compose-service.ts";
import { parseDuration } from "./durations.ts";
import { findComposeFiles } from "./find-compose-files.ts";

const plugin = process.env["SEAWORTHY_DOCKER_COMPOSE"];
const command = plugin === undefined ? ["docker", "compose"] : [plugin];
const available = spawnSync(command[0] ?? "", [...command.slice(1), "version"]).status === 0;
const root = available ? mkdtempSync(join(tmpdir(), "oracle-")) : "";
afterAll(() => {
  if (available) rmSync(root, { recursive: true });
});

const environment = { SET: "value", EMPTY: "", HOME: "/home/tester", PATH: process.env["PATH"] };

describe.skipIf(!available)(
  "docker compose config (set SEAWORTHY_DOCKER_COMPOSE to the plugin where skipped)",
  () => {
    test.each(ALIKE)("reads the same: %s", async (_, text) => {
      const file = write(text);
      const theirs = JSON.parse(
        execFileSync(command[0] ?? "", [...command.slice(1), "-f", file, "config", "--format", "json"], {
          encoding: "utf8",
          env: environment,
          stdio: ["ignore", "pipe", "ignore"],
        }),
      ) as Theirs;
      expectAlike(await readComposeFile(file, environment), theirs);
    });

    const made = madeFiles(150);
    test.each(made.map((text, index) => [index, text] as const))(
      "reads or refuses the same: made file %i",
      async (_, text) => {
        const file = write(text);
        const outcome = spawnSync(
          command[0] ?? "",
          [...command.slice(1), "-f", file, "config", "--format", "json"],
          {
            encoding: "utf8",
            env: environment,
          },
        );
        if (outcome.status !== 0) {
          await expect(readComposeFile(file, environment), text).rejects.toMatchObject({
            name: "Fault",
            exit: 3,
          });
        } else expectAlike(await readComposeFile(file, environment), JSON.parse(outcome.stdout) as Theirs);
      },
    );

    test("the corpus has more than two hundred files", () => {
      const written = [ALIKE, LAID, LAID_REFUSED, REFUSED].reduce((sum, list) => sum + list.length, 0);
      expect(written + made.length).toBeGreaterThan(200);
    });

    test.each(LAID)("lays and refers alike: %s", async (_, shape) => {
      const directory = writeShape(shape);
      const outcome = config(directory, shape);
      expect(outcome.status, outcome.stderr).toBe(0);
      expectAlike(await readShape(directory, shape), JSON.parse(outcome.stdout) as Theirs);
    });

    test.each(LAID_REFUSED)("refuses too: %s", async (_, shape) => {
      const directory = writeShape(shape);
      expect(config(directory, shape).status).not.toBe(0);
      await expect(readShape(directory, shape)).rejects.toMatchObject({ name: "Fault", exit: 3 });
    });

    test.each(REFUSED)("refuses too: %s", async (_, text) => {
      const file = write(text);
      const outcome = spawnSync(command[0] ?? "", [...command.slice(1), "-f", file, "config", "-q"], {
        env: environment,
      });
      expect(outcome.status).not.toBe(0);
      await expect(readComposeFile(file, environment)).rejects.toMatchObject({ name: "Fault", exit: 3 });
    });
  },
);

function expectAlike(ours: ComposeProject, theirs: Theirs): void {
  expect(ours.name).toBe(theirs.name);
  expect([...ours.services.keys()].toSorted()).toEqual(Object.keys(theirs.services).toSorted());
  for (const service of ours.services.values()) {
    expect(viewOfOurs(service)).toEqual(viewOfTheirs(theirs.services[service.name] ?? {}));
  }
  // Those that no service uses are not printed.
  const used = [...ours.services.values()].flatMap(({ grants }) => grants);
  for (const [name, { path, generate }] of ours.secrets) {
    if (generate?.kind === "value") expect(theirs.secrets?.[name]).toHaveProperty("environment");
    else if (used.some(({ source }) => source === name)) expect(path).toBe(theirs.secrets?.[name]?.file);
  }
  for (const [name, volume] of ours.volumes) {
    expect(volume.name ?? `${ours.name}_${name}`).toBe(theirs.volumes?.[name]?.name);
  }
}

function writeShape({ files }: Shape): string {
  const directory = mkdtempSync(join(root, "shape-"));
  write("", directory);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

function config(directory: string, shape: Shape): SpawnSyncReturns<string> {
  const files = (shape.chosen ?? []).flatMap((name) => ["-f", name]);
  const args = [...command.slice(1), ...files, ...(shape.arguments ?? []), "config", "--format", "json"];
  return spawnSync(command[0] ?? "", args, { cwd: directory, encoding: "utf8", env: environment });
}

async function readShape(directory: string, shape: Shape): Promise<ComposeProject> {
  const files = await findComposeFiles({ directory, files: shape.chosen }, environment);
  const envFiles = shape.envFiles?.map((name) => join(directory, name));
  return await readComposeFiles(files, environment, { profiles: shape.profiles, envFiles });
}

function write(text: string, directory: string = root): string {
  writeFileSync(join(directory, "one.env"), "A=1\nB='x # y'\nC=1\nSET=own\nexport Q=\"a\\nb\" # note\n");
  writeFileSync(join(directory, "two.env"), "B=2\nR=${A}-${SET}\nT=a#b\nU= v # w\n");
  const file = join(directory, "compose.yaml");
  writeFileSync(file, text);
  return file;
}

interface Theirs {
  readonly name: string;
  readonly services: Readonly<Record<string, TheirService>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes?: Readonly<Record<string, { readonly name: string }>>;
}

interface TheirDependency {
  readonly condition: string;
  readonly required?: boolean;
  readonly restart?: boolean;
}

interface TheirAttachment {
  readonly aliases?: readonly string[];
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
}

type TheirDevice =
  | string
  | { readonly source: string; readonly target: string; readonly permissions: string };

interface TheirGrant {
  readonly source: string;
  readonly target?: string;
}

interface TheirVolume {
  readonly type: string;
  readonly source?: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly tmpfs?: { readonly size?: string; readonly mode?: number };
  readonly bind?: { readonly propagation?: string };
}

interface TheirHealthCheck {
  readonly test?: readonly string[];
  readonly disable?: boolean;
  readonly interval?: string;
  readonly timeout?: string;
  readonly start_period?: string;
  readonly start_interval?: string;
  readonly retries?: number;
}

/** The fields compared here, as `docker compose config --format json` prints them. */
interface TheirService {
  readonly image?: string;
  readonly build?: {
    readonly context: string;
    readonly dockerfile: string;
    readonly target?: string;
    readonly args?: Readonly<Record<string, string>>;
    readonly no_cache?: boolean;
  };
  readonly command?: readonly string[] | null;
  readonly entrypoint?: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly group_add?: readonly string[];
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly pids_limit?: number;
  readonly cpus?: number;
  readonly shm_size?: string;
  readonly deploy?: {
    readonly restart_policy?: { readonly condition?: string; readonly max_attempts?: number };
    readonly resources?: {
      readonly limits?: { readonly memory?: string; readonly pids?: number; readonly cpus?: number };
    };
  };
  readonly ports?: readonly {
    readonly host_ip?: string;
    readonly published?: string;
    readonly target: number;
    readonly protocol: string;
  }[];
  readonly expose?: readonly string[];
  readonly volumes?: readonly TheirVolume[];
  readonly tmpfs?: readonly string[];
  readonly secrets?: readonly TheirGrant[];
  readonly configs?: readonly TheirGrant[];
  readonly networks?: Readonly<Record<string, TheirAttachment | null>>;
  readonly ulimits?: Readonly<Record<string, number | { readonly soft: number; readonly hard: number }>>;
  readonly devices?: readonly TheirDevice[];
  readonly extra_hosts?: readonly string[];
  readonly logging?: { readonly driver?: string; readonly options?: Readonly<Record<string, string>> };
  readonly network_mode?: string;
  readonly pid?: string;
  readonly ipc?: string;
  readonly uts?: string;
  readonly healthcheck?: TheirHealthCheck;
  readonly depends_on?: Readonly<Record<string, TheirDependency>>;
  readonly restart?: string;
  readonly stop_signal?: string;
  readonly stop_grace_period?: string;
  readonly working_dir?: string;
}

type View = Readonly<Record<string, unknown>>;

function viewOfOurs(service: ComposeService): View {
  const { restart, healthCheck, user } = service;
  return {
    image: service.image,
    build: service.build && {
      ...service.build,
      args: Object.fromEntries(service.build.args),
      labels: service.build.labels && Object.fromEntries(service.build.labels),
      dockerfile: service.build.dockerfile ?? "Dockerfile",
    },
    command: service.command,
    entrypoint: service.entrypoint,
    environment: Object.fromEntries([...service.environment].map(([name, value]) => [name, value ?? null])),
    labels: Object.fromEntries(service.labels),
    user: user && (user.group === undefined ? `${user.user}` : `${user.user}:${user.group}`),
    groups: service.groups.map(String),
    readOnly: service.readOnly,
    privileged: service.privileged,
    capAdd: service.capAdd,
    capDrop: service.capDrop,
    noNewPrivileges: service.security.noNewPrivileges,
    seccomp: service.security.seccomp,
    limits: service.limits,
    ports: service.ports,
    expose: service.expose,
    mounts: service.mounts.map((mount) => (mount.kind === "tmpfs" ? { ...mount, exec: undefined } : mount)),
    grants: service.grants,
    networks: Object.fromEntries(service.networks.map(({ network, ...rest }) => [network, rest])),
    network: modeOf(service.network),
    pid: modeOf(service.pid),
    ipc: modeOf(service.ipc),
    uts: service.uts,
    extras: Object.fromEntries(
      Object.entries(service.extras).flatMap(([name, value]) =>
        // It leaves out what is as usual.
        value === false ? [] : [[name, value instanceof Map ? Object.fromEntries(value) : value]],
      ),
    ),
    healthCheck,
    dependsOn: service.dependsOn,
    restart:
      "attempts" in restart && restart.attempts !== undefined
        ? `on-failure:${restart.attempts}`
        : restart.policy,
    stopSignal: service.stopSignal,
    stopGrace: service.stopGrace,
    workingDirectory: service.workingDirectory,
  };
}

function modeOf(mode: ComposeService["network"] | ComposeService["pid"]): string {
  return typeof mode === "object" ? mode.share : mode;
}

/** What is the same under another name. */
const RENAMED: Readonly<Record<string, string>> = {
  hostname: "hostname",
  domainname: "domainName",
  init: "init",
  tty: "tty",
  stdin_open: "stdinOpen",
  sysctls: "sysctls",
  device_cgroup_rules: "deviceCgroupRules",
  dns: "dns",
  dns_search: "dnsSearch",
  dns_opt: "dnsOptions",
  mac_address: "macAddress",
  userns_mode: "usernsMode",
  cgroup: "cgroup",
  cgroup_parent: "cgroupParent",
  runtime: "runtime",
  platform: "platform",
  pull_policy: "pullPolicy",
  oom_score_adj: "oomScoreAdj",
  oom_kill_disable: "oomKillDisable",
  cpu_shares: "cpuShares",
  cpuset: "cpuset",
  storage_opt: "storageOptions",
};

/** What it prints as a text and is a number. */
const NUMBERS: Readonly<Record<string, string>> = {
  memswap_limit: "memorySwap",
  mem_reservation: "memoryReservation",
  mem_swappiness: "memorySwappiness",
};

function extrasOfTheirs(service: TheirService): View {
  const of = service as unknown as Readonly<Record<string, unknown>>;
  const renamed = Object.entries(RENAMED).flatMap(([theirs, ours]) =>
    of[theirs] === undefined || of[theirs] === false ? [] : [[ours, of[theirs]]],
  );
  const numbers = Object.entries(NUMBERS).flatMap(([theirs, ours]) =>
    of[theirs] === undefined ? [] : [[ours, Number(of[theirs])]],
  );
  const { ulimits, devices, extra_hosts: hosts, logging } = service;
  return {
    ...Object.fromEntries([...renamed, ...numbers]),
    ...(ulimits && {
      ulimits: Object.entries(ulimits)
        .map(([name, limit]) =>
          typeof limit === "number" ? { name, soft: limit, hard: limit } : { name, ...limit },
        )
        .toSorted((a, b) => b.name.localeCompare(a.name)),
    }),
    ...(devices && { devices: devices.map(deviceOfTheirs) }),
    ...(hosts && { extraHosts: hosts.map((text) => text.split(/=(.*)/s).slice(0, 2)) }),
    ...(logging && {
      logging: { driver: logging.driver, options: new Map(Object.entries(logging.options ?? {})) },
    }),
  };
}

function buildOfTheirs({ no_cache: noCache, ...build }: NonNullable<TheirService["build"]>): View {
  return { target: undefined, args: {}, ...build, ...(noCache === true ? { noCache } : {}) };
}

function deviceOfTheirs(device: TheirDevice): View {
  if (typeof device === "object") return { ...device };
  const [source, target, permissions] = device.split(":");
  return { source, target, permissions };
}

function viewOfTheirs(service: TheirService): View {
  const limits = service.deploy?.resources?.limits;
  const number = (value: string | number | undefined): number | undefined =>
    value === undefined ? undefined : Number(value);
  const words = (list: readonly string[] | null | undefined): readonly string[] | undefined =>
    list?.map(unescape);
  return {
    image: service.image,
    build: service.build && buildOfTheirs(service.build),
    command: words(service.command),
    entrypoint: words(service.entrypoint),
    environment: Object.fromEntries(
      Object.entries(service.environment ?? {}).map(([name, value]) => [
        name,
        value === null ? null : unescape(value),
      ]),
    ),
    labels: service.labels ?? {},
    user: service.user,
    groups: service.group_add ?? [],
    readOnly: service.read_only ?? false,
    privileged: service.privileged ?? false,
    capAdd: service.cap_add ?? [],
    capDrop: service.cap_drop ?? [],
    noNewPrivileges: service.security_opt?.includes("no-new-privileges:true") ?? false,
    seccomp: service.security_opt?.includes("seccomp=unconfined") ? "unconfined" : undefined,
    limits: {
      memory: number(service.mem_limit ?? limits?.memory),
      pids: service.pids_limit ?? limits?.pids,
      cpus: service.cpus ?? limits?.cpus,
      shmSize: number(service.shm_size),
    },
    ports: (service.ports ?? []).map(({ host_ip, published = "0", target, protocol }) => ({
      address: host_ip ?? "0.0.0.0",
      published: Number(published),
      target,
      ...(protocol === "udp" ? { protocol } : {}),
    })),
    expose: service.expose ?? [],
    mounts: [
      ...(service.volumes ?? []).map(mountOfTheirs),
      ...(service.tmpfs ?? []).map((target) => ({ kind: "tmpfs", target, size: undefined, mode: 0o1777 })),
    ],
    grants: [
      ...(service.secrets ?? []).map((grant) => grantOfTheirs(grant, "secret", "/run/secrets/")),
      ...(service.configs ?? []).map((grant) => grantOfTheirs(grant, "config", "/")),
    ],
    networks: Object.fromEntries(
      Object.entries(service.networks ?? {}).map(([name, options]) => [
        name,
        {
          aliases: options?.aliases ?? [],
          ipv4Address: options?.ipv4_address,
          ipv6Address: options?.ipv6_address,
        },
      ]),
    ),
    network: service.network_mode ?? "pod",
    pid: service.pid ?? "private",
    ipc: service.ipc ?? "private",
    uts: service.uts ?? "private",
    extras: extrasOfTheirs(service),
    healthCheck: service.healthcheck && healthCheckOfTheirs(service.healthcheck),
    dependsOn: Object.entries(service.depends_on ?? {}).map(([name, { condition, required, restart }]) => ({
      service: name,
      condition: condition.replace("service_", ""),
      ...(required === false ? { required } : {}),
      ...(restart === true ? { restart } : {}),
    })),
    restart: service.restart ?? restartOfTheirs(service),
    stopSignal: service.stop_signal,
    stopGrace: duration(service.stop_grace_period),
    workingDirectory: service.working_dir,
  };
}

/** It prints what was written; what it does with it is told in its documentation. */
function restartOfTheirs({ deploy }: TheirService): string {
  const { condition, max_attempts: attempts } = deploy?.restart_policy ?? {};
  return condition === undefined ? "no" : [condition, attempts].filter(Boolean).join(":");
}

function mountOfTheirs({ type, source, target, read_only, tmpfs, bind }: TheirVolume): View {
  if (type === "tmpfs") {
    return {
      kind: type,
      target,
      size: tmpfs?.size === undefined ? undefined : Number(tmpfs.size),
      mode: tmpfs?.mode ?? 0o1777,
    };
  }
  if (type === "volume" && source === undefined) return { kind: "scratch", target };
  return {
    kind: type,
    ...(bind?.propagation === undefined ? {} : { propagation: bind.propagation }),
    ...(type === "volume" ? { name: source } : { source }),
    target,
    readOnly: read_only ?? false,
  };
}

/** It prints a target as it was written; relative ones are put below the home by whoever runs it. */
function grantOfTheirs({ source, target = source }: TheirGrant, kind: string, home: string): View {
  return { kind, source, target: target.startsWith("/") ? target : home + target };
}

function healthCheckOfTheirs(check: TheirHealthCheck): View {
  const [form, ...rest] = check.test ?? [];
  const disabled = check.disable === true || form === "NONE";
  return {
    disabled,
    argv: disabled ? undefined : form === "CMD-SHELL" ? ["/bin/sh", "-c", ...rest] : rest,
    interval: duration(check.interval),
    timeout: duration(check.timeout),
    startPeriod: duration(check.start_period),
    startInterval: duration(check.start_interval),
    retries: check.retries,
  };
}

function duration(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}

/** The output is a Compose file again, so dollars are doubled. */
function unescape(text: string): string {
  return text.replaceAll("$$", "$");
}
