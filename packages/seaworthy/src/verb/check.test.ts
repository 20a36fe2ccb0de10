import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Finding } from "@seaworthy/evidence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMPOSE_RULES } from "../inspect/compose/rules.ts";
import { STRICT_CONTROLS } from "../posture/controls.ts";
import { strictProfile } from "../posture/seccomp/strict-profile.ts";
import { SILENT } from "../progress/progress.ts";
import { check } from "./check.ts";

const STRICT = JSON.stringify(strictProfile());

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "check-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function findings(text: string, files: Record<string, string> = {}): Promise<readonly Finding[]> {
  const directory = await mkdtemp(join(folder, "stack-"));
  for (const [name, content] of Object.entries({ "compose.yaml": text, ...files })) {
    await writeFile(join(directory, name), content);
  }
  const io = {
    ...{ progress: SILENT, onStack: () => undefined, signal: new AbortController().signal, env: {} },
    ...{ now: () => new Date("2026-11-23T12:00:00Z"), stdin: () => Promise.resolve(Buffer.alloc(0)) },
    warn: () => undefined,
  };
  const { findings: all } = await check({ directory }, io);
  return all;
}

const GOOD = `
name: good
services:
  app:
    image: team.example/app:1@sha256:${"a".repeat(64)}
    user: "10001:10001"
    ports: ["127.0.0.1:8000:8000"]
    networks: [inside]
    read_only: true
    tmpfs: ["/tmp:size=16m,mode=1777,noexec,nosuid,nodev"]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    pids_limit: 64
    mem_limit: 256m
    cpus: 1
    restart: on-failure:5
    healthcheck: { test: ["CMD", "/check"] }
    environment:
      DB_PASSWORD_FILE: /run/secrets/db
networks:
  inside: { internal: true }
`;
/** The good service with keys added, or laid over its own. */
function app(keys: string, top = ""): string {
  const names = [...keys.matchAll(/^(\w+):/gm)].map(([, name]) => name);
  const kept = GOOD.split("\n").filter((line, index, all) => {
    const owner = all.slice(0, index + 1).findLast((one) => /^ {4}\w+:/.test(one));
    const isOfService = /^ {4}/.test(line);
    return !isOfService || !names.some((name) => owner?.startsWith(`    ${name}:`) === true);
  });
  const at = kept.indexOf("  app:");
  // A key without a value only takes the service's own away.
  const own = keys
    .split("\n")
    .filter((line) => !/^\w+:$/.test(line))
    .map((line) => `    ${line}`);
  return [...kept.slice(0, at + 1), ...own, ...kept.slice(at + 1), top].join("\n");
}
const of = (all: readonly Finding[], rule: string): Finding => {
  const found = all.find(({ id }) => id === `${rule}.compose/app`);
  if (found === undefined) throw new Error(`expected ${rule} among ${all.map(({ id }) => id).join(", ")}`);
  return found;
};

test("a stack as it should be passes every rule", async () => {
  const all = await findings(GOOD);
  expect(all.filter(({ verdict }) => verdict !== "held" && verdict !== "absent")).toEqual([]);
  expect(all).toHaveLength(COMPOSE_RULES.length);
  expect(of(all, "read-only-root")).toMatchObject({
    verdict: "held",
    kind: "rule",
    control: "read-only-root",
  });
});

/** A rule, what it finds, and what looks like it and is not. */
const CASES: readonly (readonly [rule: string, bad: readonly string[], good: readonly string[]])[] = [
  [
    "non-root",
    [
      'user: "0"',
      'user: "0:0"',
      "user: root",
      'user: "root:root"',
      'user: "1000"',
      'user: "1000:0"',
      'group_add: ["0"]',
    ],
    ["user: app", 'user: "1000:1000"'],
  ],
  [
    "no-new-privileges",
    [
      "security_opt: []",
      'security_opt: ["no-new-privileges:false"]',
      "security_opt: [no-new-privileges=false]",
    ],
    ["security_opt: [no-new-privileges=true]"],
  ],
  ["capabilities", ["cap_drop: []", "cap_drop: [NET_RAW]", "cap_add: [NET_ADMIN]"], ["cap_drop: [all]"]],
  [
    "seccomp",
    ["security_opt: [seccomp=unconfined]", "privileged: true"],
    ["security_opt: [seccomp=builtin]"],
  ],
  ["no-namespaces", ["security_opt: [seccomp:unconfined]"], []],
  ["no-mount", ["cap_add: [SYS_ADMIN]"], []],
  ["read-only-root", ["read_only: false"], ["read_only: yes"]],
  ["tmpfs-noexec", ["tmpfs: [/tmp:exec]"], ["tmpfs: [/tmp:size=1m]"]],
  ["tmpfs-bounded", ["tmpfs: [/tmp]"], ["tmpfs: [/tmp:size=1m]"]],
  ["system-paths", ["security_opt: [systempaths=unconfined]"], []],
  ["pids-limit", ["pids_limit: 0", "pids_limit: -1"], ["pids_limit: 10"]],
  ["cpu-limit", ["cpus: 0"], ["cpus:\ndeploy: { resources: { limits: { cpus: '0.5' } } }"]],
  ["memory-limit", ["mem_limit: 0"], ["mem_limit:\ndeploy: { resources: { limits: { memory: 256m } } }"]],
  ["host-paths", ["volumes: [./x:/x]"], ["volumes: [/x]"]],
  ["host-devices", ["privileged: true"], ["privileged: false"]],
  ["private-pid", ["pid: host"], []],
  ["private-ipc", ["ipc: host"], ["ipc: shareable"]],
  [
    "private-network",
    ["network_mode: host\nnetworks:", "networks:\nhostname: x"],
    ["network_mode: none\nnetworks:"],
  ],
  [
    "healthy",
    ["healthcheck: { disable: true }", "healthcheck: {}"],
    ['healthcheck: { test: ["CMD-SHELL", "check"] }'],
  ],
  [
    "published-ports",
    ["ports: ['8000:8000']", "ports: ['0.0.0.0:8000:8000']", "ports: ['8000']", "ports: ['[::]:80:80']"],
    ["ports: ['127.0.0.1:80:80']", "ports: ['[::1]:80:80']"],
  ],
  [
    "datastore-unreachable",
    ["image: postgres:15\nports: ['127.0.0.1:5432:5432']"],
    ["image: postgres:15\nports: []"],
  ],
  [
    "store-password",
    [
      "image: redis:8",
      "image: postgres:15\nenvironment: { POSTGRES_HOST_AUTH_METHOD: trust }",
      "image: postgres:15",
      "image: mysql:8\nenvironment: { MYSQL_ALLOW_EMPTY_PASSWORD: 'yes' }",
    ],
    [
      "image: redis:8\ncommand: redis-server --requirepass x",
      "image: redis:8\ncommand: redis-server /etc/redis.conf",
      "image: postgres:15\nenvironment: { POSTGRES_PASSWORD_FILE: /run/secrets/p }",
    ],
  ],
  [
    "pinned",
    ["image: a", "image: a:latest", "image: a:1.2", "image: registry.example:5000/a"],
    [`image: a@sha256:${"a".repeat(64)}`],
  ],
  [
    "no-control-socket",
    [
      "volumes: [/var/run/docker.sock:/var/run/docker.sock:ro]",
      "volumes: [/run:/run]",
      "volumes: [/var/run:/x]",
      "volumes: [/:/host:ro]",
      "volumes: [/run/containerd/containerd.sock:/c.sock]",
      "volumes: [/run/podman/podman.sock:/p]",
      "volumes: [/run/user/1000/docker.sock:/d]",
      "use_api_socket: true",
    ],
    ["volumes: [/run/app:/run/app]", "volumes: [/srv:/srv]", "use_api_socket: false"],
  ],
  ["private-uts", ["uts: host"], []],
  ["private-namespaces", ["userns_mode: host", "cgroup: host", "cgroup_parent: /"], ["cgroup: private"]],
  [
    "kept-confinement",
    [
      "security_opt: [apparmor=unconfined]",
      "security_opt: ['label:disable']",
      "security_opt: [writable-cgroups=true]",
      "security_opt: ['seccomp:open.json']",
    ],
    [
      "security_opt: [apparmor=docker-default]",
      "security_opt: [writable-cgroups=false]",
      "security_opt: ['seccomp:closed.json']",
    ],
  ],
  ["no-devices", ["devices: [/dev/sda]", "device_cgroup_rules: ['c 1:3 mr']", "gpus: all"], ["devices: []"]],
  ["private-propagation", ["volumes: ['/x:/x:rshared']"], ["volumes: ['/x:/x:rslave']"]],
  [
    "unprivileged-hooks",
    [
      "post_start: [{ command: x, user: root }]",
      "pre_stop: [{ command: x, privileged: true }]",
      "post_start: [{ command: x, user: '0' }]",
    ],
    ["post_start: [{ command: x }]"],
  ],
  ["no-providers", ["provider: { type: x }"], []],
  [
    "no-secrets-in-environment",
    [
      "environment: { DB_PASSWORD: hunter22 }",
      "environment: [API_KEY=abcdef]",
      "environment: { URL: 'redis://:hunter22@redis' }",
      "env_file: one.env",
    ],
    ["environment: { DB_PASSWORD: '' }", "environment: { TOKEN_TTL: 60 }", "environment: [DB_PASSWORD]"],
  ],
  [
    "safe-environment",
    [
      "environment: { NODE_OPTIONS: --inspect=0.0.0.0:9229 }",
      "environment: { NODE_OPTIONS: --permission --allow-ffi }",
      "environment: { NODE_TLS_REJECT_UNAUTHORIZED: 0 }",
      "environment: { FLASK_DEBUG: 1 }",
    ],
    [
      "environment: { NODE_OPTIONS: --max-old-space-size=100 }",
      "environment: { NODE_OPTIONS: --no-experimental-ffi }",
    ],
  ],
  [
    "no-secrets-in-build",
    ["build: { context: ., args: { NPM_TOKEN: abcdef } }"],
    ["build: { context: ., args: { NODE_VERSION: 24 } }"],
  ],
  [
    "confined-build",
    [
      "build: { context: ., network: host }",
      "build: { context: ., privileged: true }",
      "build: { context: ., entitlements: [security.insecure] }",
    ],
    ["build: ."],
  ],
  [
    "fitting-budgets",
    ["mem_limit: 64m", "shm_size: 300m", "tmpfs: ['/tmp:size=200m']"],
    ["shm_size: 200m", "mem_limit: 0"],
  ],
  [
    "kept-memory-limit",
    ["memswap_limit: -1", "oom_kill_disable: true", "oom_score_adj: -500"],
    ["memswap_limit: 256m", "oom_score_adj: 500"],
  ],
  ["own-network", ["network_mode: bridge\nnetworks:"], ["network_mode: none\nnetworks:"]],
  [
    "no-privileged-ports",
    ["ports: ['127.0.0.1:22:22']"],
    ["ports: ['127.0.0.1:80:80', '127.0.0.1:443:443']", "ports: ['8080:22']"],
  ],
  [
    "safe-sysctls",
    ["sysctls: { kernel.msgmax: 1 }", "sysctls: [net.ipv4.ip_forward=1]"],
    ["sysctls: { net.core.somaxconn: 1024 }"],
  ],
  [
    "bounded-restart",
    ["restart: always", "restart: unless-stopped", "restart: on-failure"],
    ['restart: "no"', "restart: on-failure:3"],
  ],
  ["kept-logs", ["logging: { driver: none }"], ["logging: { driver: json-file }"]],
];

describe.each(CASES)("%s", (rule, bad, good) => {
  const files = {
    ...{ Dockerfile: "FROM scratch\n", "one.env": "SECRET=abcdef\n" },
    ...{
      "open.json": '{"defaultAction":"SCMP_ACT_ALLOW"}',
      "closed.json": '{"defaultAction":"SCMP_ACT_ERRNO"}',
    },
  };
  test.each(bad)("finds %s", async (keys) => {
    const found = of(await findings(app(keys), files), rule);
    expect(found.verdict).toBe("breached");
    expect(found.source?.file).toBe("compose.yaml");
    expect(found.source?.line).toBeGreaterThanOrEqual(4);
  });
  test.each(good)("leaves %s", async (keys) => {
    expect(["held", "absent"]).toContain(of(await findings(app(keys), files), rule).verdict);
  });
});

describe("of several services", () => {
  const second = (keys: string, first = ""): string =>
    `${app(first)}\n`.replace("networks:\n  inside", `  b:\n    image: b\n${keys}\nnetworks:\n  inside`);
  const told = async (keys: string, rule: string): Promise<string | undefined> =>
    (await findings(second(keys))).find(({ id }) => id === `${rule}.compose/b`)?.verdict;

  test.each([
    ["    ports: ['8000:80']", "breached"],
    ["    ports: ['127.0.0.2:8000:80']", "held"],
    ["    ports: ['127.0.0.1:8000:80/udp']", "held"],
    ["    ports: ['127.0.0.1:8001:80']", "held"],
  ])("%s: a port is one service's", async (keys, verdict) =>
    expect(await told(keys, "own-names")).toBe(verdict),
  );

  test.each([
    ["    depends_on: [app]", "breached"],
    ["    depends_on: { app: { condition: service_healthy } }", "held"],
  ])("%s: what has a check is waited for", async (keys, verdict) => {
    expect(await told(keys, "waits-for-health")).toBe(verdict);
  });

  test.each([
    ["    environment: { POSTGRES_USER: shop }", "{ POSTGRES_USER: shop }", "breached"],
    ["    environment: { DATABASE_URL: 'postgresql://postgres@app/x' }", "{ POSTGRES_DB: x }", "breached"],
    ["    environment: { DB_USER: shop }", "{ POSTGRES_USER: owner }", "held"],
    ["    environment: { HOST: shop }", "{ POSTGRES_USER: owner }", "absent"],
  ])("%s: of a database with %s", async (keys, environment, verdict) => {
    const text = second(keys, `image: postgres:15\nenvironment: ${environment}`);
    expect(of(await findings(text), "store-rights").verdict).toBe(verdict);
  });

  test("a job that others wait for needs no check", async () => {
    const job = app("healthcheck: {}").replace(
      "networks:\n  inside",
      "  b:\n    image: b\n    depends_on: { app: { condition: service_completed_successfully } }\nnetworks:\n  inside",
    );
    expect(of(await findings(job), "healthy").verdict).toBe("absent");
  });
});

describe("what is not seen is no pass", () => {
  test("a variable without a value", async () => {
    const all = await findings(app("image: a:${TAG}"));
    expect(of(all, "set-variables")).toMatchObject({ verdict: "unproven", source: { line: 5 } });
    expect(of(await findings(app("image: a:${TAG:-1}")), "set-variables").verdict).toBe("held");
  });

  test("an image whose user its name does not tell", async () => {
    const nobody = app("image: team.example/x:1").replace('    user: "10001:10001"\n', "");
    expect(of(await findings(nobody), "non-root").verdict).toBe("unproven");
    const known = app("image: nginx:1.29").replace('    user: "10001:10001"\n', "");
    expect(of(await findings(known), "non-root").verdict).toBe("breached");
  });

  test("a valid key that is not understood here: exit 2", async () => {
    await expect(findings(app("volumes: [{ type: image, source: a, target: /a }]"))).rejects.toMatchObject({
      code: "compose/unsupported-key",
      exit: 2,
    });
  });

  test("a Dockerfile outside the project's folder is named from there", async () => {
    const beside = await mkdtemp(join(folder, "beside-"));
    await writeFile(join(beside, "Dockerfile"), "FROM python:3.11-slim\nCMD run\n");
    const found = await findings(app(`build: ../${basename(beside)}\nimage: null`));
    const files = found.flatMap(({ source }) => source?.file ?? []);
    expect(files).toContain(`../${basename(beside)}/Dockerfile`);
  });

  test.each(["{ context: ., dockerfile_inline: FROM x }", "https://code.example/a.git"])(
    "a Dockerfile that is not in a file here (%s): exit 2",
    async (build) => {
      await expect(findings(app(`build: ${build}`))).rejects.toMatchObject({
        code: "check/dockerfile-elsewhere",
        exit: 2,
      });
    },
  );

  test("a file of variables that is missing", async () => {
    await expect(findings(app("env_file: no.env"))).rejects.toMatchObject({ exit: 3 });
  });

  test("a build without its Dockerfile", async () => {
    await expect(findings(app("build: ."))).rejects.toMatchObject({ code: "check/no-dockerfile", exit: 3 });
  });
});

test("what one file says and another takes back is judged as it is in the end", async () => {
  const override = "services:\n  app:\n    read_only: false\n    privileged: true\n";
  const all = await findings(GOOD, { "compose.override.yaml": override });
  expect(of(all, "read-only-root")).toMatchObject({
    verdict: "breached",
    source: { file: "compose.override.yaml", line: 3 },
  });
  expect(of(all, "host-devices").verdict).toBe("breached");
});

test("a health check that calls what the image lacks", async () => {
  const check = 'healthcheck: { test: ["CMD", "curl", "-f", "http://localhost"] }';
  const slim = of(await findings(app(`${check}\nimage: python:3.14-slim`)), "healthy");
  expect(slim).toMatchObject({
    verdict: "breached",
    hardened: { summary: { en: "it calls curl, which python:3.14-slim does not have" } },
  });
  expect(of(await findings(app(`${check}\nimage: python:3.14`)), "healthy").verdict).toBe("held");
  const built = await findings(app(`${check}\nbuild: .`), {
    Dockerfile: "FROM debian:13-slim\nRUN apt-get install -y curl\n",
  });
  expect(of(built, "healthy").verdict).toBe("held");
});

test("every rule is in the table or has tests of its own", () => {
  const tested = [
    ...CASES.map(([rule]) => rule),
    ...STRICT_CONTROLS.map(({ id }) => id),
    "own-names",
    "store-rights",
    "waits-for-health",
    "set-variables",
  ];
  expect(COMPOSE_RULES.map(({ id }) => id).toSorted()).toEqual(tested.toSorted());
});

test("the strict posture asks for more, where it is declared", async () => {
  const of = async (keys: string): Promise<readonly (string | undefined)[]> => {
    const all = await findings(app(keys, "x-seaworthy: { posture: strict }"), { "strict.json": STRICT });
    return STRICT_CONTROLS.map(({ id }) => all.find((one) => one.id === `${id}.compose/app`)?.verdict);
  };
  expect(new Set(await of("hostname: x"))).toEqual(new Set(["breached"]));
  const all = 'ipc: none\nsecurity_opt: ["no-new-privileges:true", "seccomp=strict.json"]';
  expect(new Set(await of(all))).toEqual(new Set(["held"]));
});

test("waivers count here, too", async () => {
  const waiver = "{ control: read-only-root, service: app, reason: r, owner: o, until: '2026-12-31' }";
  const all = await findings(app("read_only: false", `x-seaworthy: { waivers: [${waiver}] }`));
  expect(of(all, "read-only-root").verdict).toBe("waived");
});
