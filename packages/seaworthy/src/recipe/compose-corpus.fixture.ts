/** Compose files of many shapes, for reading them beside another reader. */

import { parse, stringify } from "yaml";

const app = (lines: string): string =>
  `services:\n  app:\n    image: redis:8\n    ${lines.replaceAll("\n", "\n    ")}\n  db: { image: "postgres:15" }\n`;

/** Accepted by both, with the same meaning. */
export const ALIKE: readonly (readonly [string, string])[] = [
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
  ["names", app("hostname: h\ndomainname: d.example\ncontainer_name: c1")],
  ["a first process and a terminal", app("init: true\ntty: true\nstdin_open: true")],
  ["ulimits", app("ulimits: { nproc: 65535, nofile: { soft: 20000, hard: 40000 } }")],
  ["sysctls, list", app("sysctls: [net.core.somaxconn=1024]")],
  ["sysctls, map", app("sysctls: { net.core.somaxconn: 1024, net.ipv4.tcp_syncookies: '0' }")],
  ["devices", app("devices: ['/dev/ttyUSB0:/dev/ttyUSB0:rw', /dev/fuse]\ndevice_cgroup_rules: ['c 1:3 mr']")],
  ["extra hosts", app("extra_hosts: ['a=10.0.0.1', 'b:10.0.0.2', 'c=host-gateway', 'd=::1', 'e=[::1]']")],
  ["extra hosts, map", app("extra_hosts: { a: 10.0.0.1, b: '::1' }")],
  ["names by other servers", app("dns: 8.8.8.8\ndns_search: [a.example, b.example]\ndns_opt: [use-vc]")],
  ["namespaces of the host", app("uts: host\nuserns_mode: host\ncgroup: host")],
  ["cgroups", app("cgroup_parent: m-executor\nruntime: runc\nplatform: linux/amd64\npull_policy: always")],
  ["out of memory", app("oom_score_adj: 500\noom_kill_disable: true\nmem_swappiness: 10")],
  ["memory with swap", app("mem_limit: 64m\nmemswap_limit: 128m\nmem_reservation: 32m")],
  ["memory with all swap", app("mem_limit: 64m\nmemswap_limit: -1")],
  ["processors", app("cpu_shares: 73\ncpuset: 0,1")],
  ["storage", app("storage_opt: { size: 1G }")],
  ["logging", app("logging: { driver: local, options: { max-size: 10m, max-file: '3' } }")],
  ["no network", app("network_mode: none")],
  ["the network of another", app('network_mode: "service:db"')],
  ["processes of another", app('pid: "service:db"\nipc: "service:db"')],
  ["memory to share", app("ipc: shareable".replace("shareable", "private"))],
  [
    "networks, long",
    app("networks: { back: { aliases: [x, y], ipv4_address: 172.28.0.5 }, default: }") +
      "networks: { back: { driver: bridge, ipam: { config: [{ subnet: 172.28.0.0/16 }] } } }\n",
  ],
  [
    "networks of others",
    app("networks: [back, more]") +
      "networks: { back: { external: true }, more: { external: true, name: given } }\n",
  ],
  ["volumes of others", `${app("volumes: ['data:/d']")}volumes: { data: { external: true, name: given } }\n`],
  [
    "volumes with a driver",
    `${app("volumes: ['data:/d']")}volumes: { data: { driver: local, driver_opts: { type: none, o: bind, device: /x } } }\n`,
  ],
  ["a volume without a name", app("volumes: [/data]")],
  ["a volume without a name, long", app("volumes: [{ type: volume, target: /data }]")],
  ["mount options", app("volumes: ['./x:/x:z', './y:/y:ro,Z', '/s:/s:rshared', './c:/c:cached']")],
  ["bind, long", app("volumes: [{ type: bind, source: ./x, target: /x, bind: { propagation: rslave } }]")],
  ["UDP and ports that are free", app("ports: ['53:53/udp', '80', '127.0.0.1::81']")],
  [
    "ports that are free, long",
    app("ports: [{ target: 80 }, { target: 53, protocol: udp, published: '53' }]"),
  ],
  [
    "dependencies, all",
    app("depends_on: { db: { condition: service_started, restart: true, required: false } }"),
  ],
  ["labels in a file", app("label_file: one.env\nlabels: { A: own }")],
  [
    "restart of deploy",
    app("deploy: { restart_policy: { condition: on-failure, max_attempts: 3 }, replicas: 1 }"),
  ],
  ["links", app("links: [db]")],
  ["secrets out of variables", `${app("secrets: [s]")}secrets: { s: { environment: SET } }\n`],
  ["configs written out", `${app("configs: [c]")}configs: { c: { content: "a=$SET" } }\n`],
  [
    "build, all",
    "services: { app: { build: { context: ., labels: [a=b], network: host, no_cache: true, pull: true } } }",
  ],
  ["development", app("develop: { watch: [] }\nattach: false")],
  ["scale", app("scale: 1")],
  ["security options, all", app("security_opt: ['apparmor=unconfined', 'label=disable']")],
  ["labels", app("labels: [a=b]\nexpose: ['80', 81]\ngroup_add: [5, staff]")],
];

/** Refused by both. */
export const REFUSED: readonly (readonly [string, string])[] = [
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

/** Several files: the first one is `compose.yaml`, the others are named in `-f` unless they are only referred to. */
export interface Shape {
  readonly files: Readonly<Record<string, string>>;
  /** Names for `-f`; `compose.yaml` alone, found by its name, when left out. */
  readonly chosen?: readonly string[];
  readonly arguments?: readonly string[];
  readonly profiles?: readonly string[];
  readonly envFiles?: readonly string[];
}

const over = (below: string, above: string): Shape => ({
  files: {
    "compose.yaml": app(below),
    "b.yaml": `services:\n  app:\n    ${above.replaceAll("\n", "\n    ")}\n`,
  },
  chosen: ["compose.yaml", "b.yaml"],
});

/** Accepted by both, with the same meaning. */
export const LAID: readonly (readonly [string, Shape])[] = [
  [
    "an override found by its name",
    {
      files: {
        "compose.yaml": app("user: '1'"),
        "compose.override.yaml": "services: { app: { user: '2' } }",
      },
    },
  ],
  ["single values", over("user: '1'\nread_only: true", "user: '2'")],
  ["commands and entrypoints", over("command: [a, b]\nentrypoint: x", "command: c\nentrypoint: [y, z]")],
  ["environment, list over map", over("environment: { A: 1, B: 2 }", "environment: [B=3, C=4, D]")],
  ["environment, map over list", over("environment: [A=1, B=2]", "environment: { B: , C: 4 }")],
  ["labels", over("labels: [a=1]", "labels: { a: 2, b: 3 }")],
  ["ports are added", over("ports: ['80:80']", "ports: ['81:81', '80:80/tcp']")],
  [
    "the same port, long",
    over("ports: ['8080:80']", "ports: [{ target: 80, published: '8080' }, { target: 81, published: '81' }]"),
  ],
  ["expose", over("expose: ['1', '2']", "expose: ['2', '3']")],
  ["volumes by target", over("volumes: ['./a:/x', './b:/y']", "volumes: ['./c:/x:ro']")],
  ["volumes by target, long", over("volumes: ['./a:/x']", "volumes: [{ type: tmpfs, target: /x }]")],
  ["tmpfs", over("tmpfs: /run", "tmpfs: [/run, /tmp]")],
  [
    "capabilities",
    over("cap_add: [A, B]\ncap_drop: [ALL]".replace("A, B", "CHOWN, KILL"), "cap_add: [KILL, SETUID]"),
  ],
  [
    "security options",
    over("security_opt: [seccomp=unconfined]", "security_opt: ['no-new-privileges:true']"),
  ],
  [
    "a health check in parts",
    over("healthcheck: { test: [CMD, a], interval: 5s }", "healthcheck: { test: b c, retries: 2 }"),
  ],
  [
    "a health check that is turned off",
    over("healthcheck: { test: [CMD, a] }", "healthcheck: { disable: true }"),
  ],
  [
    "dependencies, list under map",
    over("depends_on: [db]", "depends_on: { db: { condition: service_healthy } }"),
  ],
  [
    "networks, list under map",
    {
      files: {
        "compose.yaml": `${app("networks: [a]")}networks: { a: , b: }\n`,
        "b.yaml": "services: { app: { networks: { b: } } }",
      },
      chosen: ["compose.yaml", "b.yaml"],
    },
  ],
  [
    "limits",
    over(
      "deploy: { resources: { limits: { memory: 64M, pids: 5 } } }",
      "deploy: { resources: { limits: { memory: 32M } } }",
    ),
  ],
  ["a build, text under map", over("build: ./a", "build: { args: [X=1], target: t }")],
  ["build arguments", over("build: { context: ., args: { A: 1, B: 2 } }", "build: { args: [B=3] }")],
  ["env files", over("env_file: one.env", "env_file: [two.env, one.env]")],
  ["empty values change nothing", over("user: '1'\nports: ['1:1']", "user:\nports:")],
  ["reset of a list", over("ports: ['1:1', '2:2']", "ports: !reset []")],
  ["reset of a value", over("user: '1'", "user: !reset null")],
  ["reset of an entry", over("environment: { A: 1, B: 2 }", "environment: { A: !reset null }")],
  ["override of a list", over("ports: ['1:1']", "ports: !override ['2:2']")],
  ["override of a mapping", over("environment: { A: 1, B: 2 }", "environment: !override { C: 3 }")],
  ["override of a number", over("pids_limit: 5", "pids_limit: !override 6")],
  [
    "a service that only the second has",
    {
      files: { "compose.yaml": app("user: '1'"), "b.yaml": "services: { more: { image: x } }" },
      chosen: ["compose.yaml", "b.yaml"],
    },
  ],
  [
    "three files",
    {
      files: {
        "compose.yaml": app("user: '1'"),
        "b.yaml": "services: { app: { user: '2', environment: [A=1] } }",
        "c.yaml": "services: { app: { environment: [A=2] } }",
      },
      chosen: ["compose.yaml", "b.yaml", "c.yaml"],
    },
  ],
  [
    "paths of a second file start at the first",
    {
      files: {
        "compose.yaml": app("user: '1'"),
        "sub/b.yaml":
          "services: { app: { volumes: ['./x:/x'], env_file: one.env, build: { context: ./c } } }",
      },
      chosen: ["compose.yaml", "sub/b.yaml"],
    },
  ],
  [
    "secrets by target",
    {
      files: {
        "compose.yaml": `${app("secrets: [s]")}secrets: { s: { file: ./s }, t: { file: ./t } }\n`,
        "b.yaml": "services: { app: { secrets: [{ source: t, target: /run/secrets/s }] } }",
      },
      chosen: ["compose.yaml", "b.yaml"],
    },
  ],
  [
    "extends in the same file",
    {
      files: {
        "compose.yaml":
          "services: { base: { image: x, user: '1', environment: [A=1] }, app: { extends: base, environment: [B=2] } }",
      },
    },
  ],
  [
    "extends, long",
    {
      files: {
        "compose.yaml":
          "services: { base: { image: x, ports: ['1:1'] }, app: { extends: { service: base }, ports: ['2:2'] } }",
      },
    },
  ],
  [
    "extends another file",
    {
      files: {
        "compose.yaml": "services: { app: { extends: { file: sub/base.yaml, service: b }, user: '2' } }",
        "sub/base.yaml":
          "services: { b: { image: x, user: '1', volumes: ['./d:/d'], build: ., env_file: a.env } }",
        "sub/a.env": "A=1",
      },
    },
  ],
  [
    "extends in a chain",
    {
      files: {
        "compose.yaml": "services: { app: { extends: { file: sub/base.yaml, service: b } } }",
        "sub/base.yaml":
          "services: { a: { image: x, command: [q] }, b: { extends: a, volumes: ['./d:/d'] } }",
      },
    },
  ],
  [
    "extends and an override",
    {
      files: {
        "compose.yaml": "services: { base: { image: x, user: '1' }, app: { extends: base } }",
        "b.yaml": "services: { app: { user: '3' } }",
      },
      chosen: ["compose.yaml", "b.yaml"],
    },
  ],
  [
    "include",
    {
      files: {
        "compose.yaml": "include: [sub/inc.yaml]\nservices: { app: { image: x, depends_on: [other] } }",
        "sub/inc.yaml": "services: { other: { image: y, volumes: ['./d:/d', 'vol:/v'] } }\nvolumes: { vol: }",
      },
    },
  ],
  [
    "include, long, with its own variables",
    {
      files: {
        "compose.yaml":
          "include: [{ path: sub/inc.yaml, project_directory: ., env_file: sub/inc.env }]\nservices: { app: { image: 'x:${TAG:-none}' } }",
        "sub/inc.yaml": "services: { other: { image: 'y:${TAG}', volumes: ['./d:/d'] } }",
        "sub/inc.env": "TAG=7",
      },
    },
  ],
  [
    "include with the folder's own variables",
    {
      files: {
        "compose.yaml": "include: [sub/inc.yaml]\nservices: { app: { image: x } }",
        "sub/inc.yaml": "services: { other: { image: 'y:${TAG}' } }",
        "sub/.env": "TAG=8",
      },
    },
  ],
  [
    "include of several files laid over each other",
    {
      files: {
        "compose.yaml": "include: [{ path: [sub/a.yaml, sub/b.yaml] }]\nservices: { app: { image: x } }",
        "sub/a.yaml": "services: { other: { image: y, user: '1' } }",
        "sub/b.yaml": "services: { other: { user: '2' } }",
      },
    },
  ],
  [
    "include, changed by a later file",
    {
      files: {
        "compose.yaml": "include: [inc.yaml]\nservices: { app: { image: x } }",
        "inc.yaml": "services: { other: { image: y } }",
        "b.yaml": "services: { other: { user: '5' } }",
      },
      chosen: ["compose.yaml", "b.yaml"],
    },
  ],
  [
    "the same file included on two ways",
    {
      files: {
        "compose.yaml": "include: [a.yaml, b.yaml]\nservices: { app: { image: x } }",
        "a.yaml": "include: [c.yaml]\nservices: { a: { image: x } }",
        "b.yaml": "include: [c.yaml]\nservices: { b: { image: x } }",
        "c.yaml": "services: { c: { image: x } }",
      },
    },
  ],
  [
    "profiles, none asked for",
    { files: { "compose.yaml": "services: { app: { image: x }, tool: { image: y, profiles: [debug] } }" } },
  ],
  [
    "profiles, one asked for",
    {
      files: {
        "compose.yaml":
          "services: { app: { image: x }, tool: { image: y, profiles: [debug] }, other: { image: z, profiles: [more] } }",
      },
      arguments: ["--profile", "debug"],
      profiles: ["debug"],
    },
  ],
  [
    "profiles, all",
    {
      files: { "compose.yaml": "services: { app: { image: x }, tool: { image: y, profiles: [debug] } }" },
      arguments: ["--profile", "*"],
      profiles: ["*"],
    },
  ],
  [
    "profiles from .env",
    {
      files: {
        "compose.yaml": "services: { app: { image: x }, tool: { image: y, profiles: [debug] } }",
        ".env": "COMPOSE_PROFILES=debug,more",
      },
    },
  ],
  [
    "variables from .env",
    { files: { "compose.yaml": "services: { app: { image: 'x:${TAG}' } }", ".env": "TAG=9" } },
  ],
  [
    "variables from other files",
    {
      files: {
        "compose.yaml": "services: { app: { image: 'x:${TAG}-${SET}' } }",
        ".env": "TAG=9",
        "own.env": "TAG=10\nSET=no",
      },
      arguments: ["--env-file", "own.env"],
      envFiles: ["own.env"],
    },
  ],
  [
    "files from .env",
    {
      files: {
        "compose.yaml": "services: { app: { image: x } }",
        "b.yaml": "services: { app: { user: '7' } }",
        ".env": "COMPOSE_FILE=compose.yaml:b.yaml",
      },
    },
  ],
];

/** Refused by both. */
export const LAID_REFUSED: readonly (readonly [string, Shape])[] = [
  ["a mapping over which a list is laid", over("healthcheck: { test: [CMD, a] }", "healthcheck: [a]")],
  ["extends of nothing", { files: { "compose.yaml": "services: { app: { extends: none, image: x } }" } }],
  [
    "extends of a file that is not there",
    {
      files: { "compose.yaml": "services: { app: { extends: { file: none.yaml, service: a }, image: x } }" },
    },
  ],
  [
    "extends in a circle",
    { files: { "compose.yaml": "services: { a: { extends: b, image: x }, b: { extends: a } }" } },
  ],
  [
    "an include that is not there",
    { files: { "compose.yaml": "include: [none.yaml]\nservices: { app: { image: x } }" } },
  ],
  [
    "includes in a circle",
    {
      files: {
        "compose.yaml": "include: [b.yaml]\nservices: { app: { image: x } }",
        "b.yaml": "include: [compose.yaml]\nservices: { b: { image: x } }",
      },
    },
  ],
  [
    "a service that is included and declared",
    {
      files: {
        "compose.yaml": "include: [b.yaml]\nservices: { app: { image: x } }",
        "b.yaml": "services: { app: { image: y } }",
      },
    },
  ],
  [
    "a dependency of another profile",
    {
      files: {
        "compose.yaml":
          "services: { app: { image: x, depends_on: [tool] }, tool: { image: y, profiles: [debug] } }",
      },
    },
  ],
  [
    "a file of variables that is not there",
    {
      files: { "compose.yaml": "services: { app: { image: x } }" },
      arguments: ["--env-file", "none.env"],
      envFiles: ["none.env"],
    },
  ],
];

/** Always the same files: services made of keys that stand in `ALIKE`, where some contradict each other. */
export function madeFiles(count: number): readonly string[] {
  let seed = 20_261_123;
  const next = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const keys = ALIKE.flatMap(([, text]) => Object.entries(plainService(text) ?? {}));
  return Array.from({ length: count }, () => {
    const services = Object.fromEntries(
      ["app", "worker", "web"].slice(0, 1 + next(3)).map((name) => {
        const picked = Array.from({ length: 1 + next(8) }, () => keys[next(keys.length)] ?? []);
        return [name, { image: "redis:8", ...(Object.fromEntries(picked) as object) }];
      }),
    );
    return stringify({ name: "made", services });
  });
}

/** The keys of a file that has nothing beside services, and refers to nothing outside of its first one. */
function plainService(text: string): object | undefined {
  const { services, ...rest } = parse(text) as { services?: Record<string, object> };
  if (Object.keys(rest).length > 0) return undefined;
  const { app: own } = services ?? {};
  const names = Object.keys(services ?? {}).join(" ");
  return names === "app db" &&
    own !== undefined &&
    !/"depends_on"|"links"|service:|"extends"/.test(JSON.stringify(own))
    ? own
    : undefined;
}
