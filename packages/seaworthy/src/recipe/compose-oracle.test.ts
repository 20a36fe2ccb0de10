/** Reads a corpus of Compose files with this reader and with `docker compose config`, and compares the outcome. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readComposeFile } from "./compose.ts";
import type { ComposeService } from "./compose-service.ts";
import { parseDuration } from "./durations.ts";

const plugin = process.env["SEAWORTHY_DOCKER_COMPOSE"];
const command = plugin === undefined ? ["docker", "compose"] : [plugin];
const available = spawnSync(command[0] ?? "", [...command.slice(1), "version"]).status === 0;
const root = available ? mkdtempSync(join(tmpdir(), "oracle-")) : "";
afterAll(() => {
  if (available) rmSync(root, { recursive: true });
});

const app = (lines: string): string =>
  `services:\n  app:\n    image: redis:8\n    ${lines.replaceAll("\n", "\n    ")}\n  db: { image: "postgres:15" }\n`;

/** Accepted by both, with the same meaning. */
const ALIKE: readonly (readonly [string, string])[] = [
  ["nothing but an image", app("{}".slice(2))],
  ["user", app('user: "10001:10001"')],
  ["booleans", app('read_only: true\nprivileged: "false"')],
  ["booleans in words", app("read_only: ${RO:-yes}")],
  ["capabilities", app("cap_add: [NET_ADMIN]\ncap_drop: [ALL]")],
  ["a command as text", app(`command: node "a b" 'c d' e\\ f`)],
  ["a command as list", app("command: [node, $$X, '5']")],
  ["an entrypoint", app("entrypoint: /bin/x --y\ncommand: z")],
  ["environment as list", app("environment: [A=1, B=x=y, C=, D, 'E=$SET']")],
  ["environment as map", app("environment: { A: 1, B: 1.10, C: true, D: , E: '', F: 0x10, G: 010 }")],
  ["env files", app("env_file: [one.env, two.env]\nenvironment: { C: 3 }")],
  ["env file, long", app("env_file: [{ path: one.env }, { path: none.env, required: false }]")],
  [
    "interpolation",
    app("environment: { A: '${SET:-x}', B: '${NONE:-${SET}}', C: '$$SET', D: '${SET:+y}', E: '${EMPTY-z}' }"),
  ],
  [
    "merge keys",
    `x-a: &a { user: "1:2", read_only: true }\nservices: { app: { <<: *a, image: x, user: "3:4" } }`,
  ],
  [
    "merge of lists",
    `x-a: &a { user: "1" }\nx-b: &b { user: "2", tty: false }\nservices: { app: { <<: [*a, *b], image: x } }`,
  ],
  ["limits", app("mem_limit: 64m\npids_limit: 5\ncpus: 0.5\nshm_size: 1gb")],
  ["limits as numbers and text", app("mem_limit: 67108864\npids_limit: '7'\ncpus: '1.5'\nshm_size: 1.5g")],
  ["limits of deploy", app("deploy: { resources: { limits: { memory: 64M, pids: 9, cpus: '0.25' } } }")],
  ["ports", app("ports: ['127.0.0.1:8000:80', '9000-9002:80-82', '81:81/tcp', '[::1]:5:6', '0.0.0.0:7:7']")],
  [
    "ports, long",
    app("ports: [{ target: 80, published: '8080', host_ip: 127.0.0.1, protocol: tcp, mode: host }]"),
  ],
  [
    "volumes",
    app("volumes: ['data:/d', 'data:/e:ro', './x:/x', '/abs:/y:rw', '~/z:/z']") + "volumes: { data: }\n",
  ],
  [
    "volumes, long",
    app(
      "volumes:\n  - { type: volume, source: data, target: /d, read_only: true }\n  - { type: bind, source: ./x, target: /x }\n  - { type: tmpfs, target: /t, tmpfs: { size: 16m, mode: 01777 } }",
    ) + "volumes: { data: { name: own } }\n",
  ],
  ["tmpfs", app("tmpfs: /run")],
  [
    "health check",
    app("healthcheck: { test: curl x, interval: 1m30s, timeout: 500ms, start_period: 1h, retries: 3 }"),
  ],
  ["health check as list", app("healthcheck: { test: [CMD, a, b], start_interval: 2s, interval: 90s }")],
  ["health check in a shell", app("healthcheck: { test: [CMD-SHELL, a b] }")],
  ["no health check", app("healthcheck: { disable: true }")],
  ["no health check in words", app("healthcheck: { test: [NONE] }")],
  ["dependencies", app("depends_on: [db]")],
  ["dependencies, long", app("depends_on: { db: { condition: service_healthy } }")],
  ["restart", app("restart: on-failure:3\nstop_signal: SIGINT\nstop_grace_period: 90s\nworking_dir: /x")],
  ["restart no", app('restart: "no"')],
  ["security options", app("security_opt: ['no-new-privileges:true', seccomp=unconfined]")],
  [
    "secrets",
    app("secrets: [s, { source: s, target: t }, { source: s, target: /abs }]") +
      "secrets: { s: { file: ./s } }\n",
  ],
  ["configs", app("configs: [c, { source: c, target: /etc/c }]") + "configs: { c: { file: ./c } }\n"],
  ["networks", app("networks: [default, back]") + "networks: { back: { internal: true } }\n"],
  ["networks, none", app("networks: []")],
  ["empty commands", app("command: ''\nentrypoint: []")],
  ["host", app("network_mode: host\npid: host\nipc: host")],
  ["build", "services: { app: { build: . } }"],
  [
    "build, long",
    "services: { app: { build: { context: ./sub, dockerfile: D, target: t, args: [A=1] }, image: x } }",
  ],
  ["a name to be made right", `name: Not Good\n${app("init: false")}`],
  ["a name", `name: given\n${app("init: false")}`],
  ["labels", app("labels: [a=b]\nexpose: ['80', 81]\ngroup_add: [5, staff]")],
];

/** Refused by both. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["an unknown key", app("restrat: always")],
  ["an unknown key at the top", `${app("user: '1'")}service: {}\n`],
  ["a service without image", "services: { app: { user: '1' } }"],
  ["a number where text belongs", app("restart: 5")],
  ["a list where a map belongs", "services: [a]"],
  ["a user as number", app("user: 1000")],
  ["a command with a number", app("command: [5]")],
  ["a boolean as number", app("privileged: '1'")],
  ["a health check without its form", app("healthcheck: { test: [curl, x] }")],
  ["a circle", "services: { a: { image: x, depends_on: [b] }, b: { image: x, depends_on: [a] } }"],
  ["an unknown dependency", app("depends_on: [none]")],
  ["an unknown volume", app("volumes: ['none:/x']")],
  ["an unknown secret", app("secrets: [none]")],
  ["an unknown network", app("networks: [none]")],
  ["a bad duration", app("stop_grace_period: soon")],
  ["a bad size", app("mem_limit: big")],
  ["a bad port", app("ports: ['99999:80']")],
  ["a bad variable", app("user: ${")],
  ["a missing variable", app("user: ${NONE:?no}")],
  ["a missing env file", app("env_file: none.env")],
  ["two limits", app("pids_limit: 5\ndeploy: { resources: { limits: { pids: 6 } } }")],
  ["a key written twice", app("user: '1'\nuser: '2'")],
  ["broken YAML", "services: { app: "],
  ["a project without a name", `name: "!"\n${app("init: false")}`],
  ["host network and networks", app("network_mode: host\nnetworks: [default]")],
];

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
      const ours = await readComposeFile(file, environment);
      expect(ours.name).toBe(theirs.name);
      expect([...ours.services.keys()].toSorted()).toEqual(Object.keys(theirs.services).toSorted());
      for (const service of ours.services.values()) {
        expect(viewOfOurs(service)).toEqual(viewOfTheirs(theirs.services[service.name] ?? {}));
      }
      for (const [name, { path }] of ours.secrets) expect(path).toBe(theirs.secrets?.[name]?.file);
      for (const [name, volume] of ours.volumes) {
        expect(volume.name ?? `${ours.name}_${name}`).toBe(theirs.volumes?.[name]?.name);
      }
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

function write(text: string): string {
  writeFileSync(join(root, "one.env"), "A=1\nB='x # y'\nC=1\nSET=own\nexport Q=\"a\\nb\" # note\n");
  writeFileSync(join(root, "two.env"), "B=2\nR=${A}-${SET}\nT=a#b\nU= v # w\n");
  const file = join(root, "compose.yaml");
  writeFileSync(file, text);
  return file;
}

interface Theirs {
  readonly name: string;
  readonly services: Readonly<Record<string, TheirService>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes?: Readonly<Record<string, { readonly name: string }>>;
}

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
    readonly resources?: {
      readonly limits?: { readonly memory?: string; readonly pids?: number; readonly cpus?: number };
    };
  };
  readonly ports?: readonly {
    readonly host_ip?: string;
    readonly published: string;
    readonly target: number;
    readonly protocol: string;
  }[];
  readonly expose?: readonly string[];
  readonly volumes?: readonly TheirVolume[];
  readonly tmpfs?: readonly string[];
  readonly secrets?: readonly TheirGrant[];
  readonly configs?: readonly TheirGrant[];
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly network_mode?: string;
  readonly pid?: string;
  readonly ipc?: string;
  readonly healthcheck?: TheirHealthCheck;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
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
    networks: service.network === "host" ? [] : [...service.networks].toSorted(),
    network: service.network,
    pid: service.pid,
    ipc: service.ipc,
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

function viewOfTheirs(service: TheirService): View {
  const limits = service.deploy?.resources?.limits;
  const number = (value: string | number | undefined): number | undefined =>
    value === undefined ? undefined : Number(value);
  const words = (list: readonly string[] | null | undefined): readonly string[] | undefined =>
    list?.map(unescape);
  return {
    image: service.image,
    build: service.build && { target: undefined, args: {}, ...service.build },
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
    ports: (service.ports ?? []).map(({ host_ip, published, target }) => ({
      address: host_ip ?? "0.0.0.0",
      published: Number(published),
      target,
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
    networks: Object.keys(service.networks ?? {}).toSorted(),
    network: service.network_mode === "host" ? "host" : "pod",
    pid: service.pid ?? "private",
    ipc: service.ipc ?? "private",
    healthCheck: service.healthcheck && healthCheckOfTheirs(service.healthcheck),
    dependsOn: Object.entries(service.depends_on ?? {}).map(([name, { condition }]) => ({
      service: name,
      condition: condition.replace("service_", ""),
    })),
    restart: service.restart ?? "no",
    stopSignal: service.stop_signal,
    stopGrace: duration(service.stop_grace_period),
    workingDirectory: service.working_dir,
  };
}

function mountOfTheirs({ type, source, target, read_only, tmpfs }: TheirVolume): View {
  if (type === "tmpfs") {
    return {
      kind: type,
      target,
      size: tmpfs?.size === undefined ? undefined : Number(tmpfs.size),
      mode: tmpfs?.mode,
    };
  }
  return {
    kind: type,
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
