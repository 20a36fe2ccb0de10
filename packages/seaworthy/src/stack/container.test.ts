import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digestOf } from "../content/digest.ts";
import type { StackService } from "../engine/stack-service.ts";
import type { Image, ImageConfig } from "../oci/image.ts";
import { CAPABILITIES } from "../recipe/capabilities.ts";
import { readComposeFile } from "../recipe/compose.ts";
import { type Account, DEFAULT_CAPABILITIES, toContainer } from "./container.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "container-"));
});
afterAll(() => rm(root, { recursive: true }));

const descriptor = { mediaType: "application/json", digest: digestOf(""), size: 0 };
const config: ImageConfig = {
  architecture: "amd64",
  user: "10001:10001",
  env: [
    ["PATH", "/usr/bin"],
    ["NODE_ENV", "production"],
  ],
  entrypoint: ["/usr/bin/node"],
  command: ["main.js"],
  workingDirectory: "/app",
  exposedPorts: [],
  volumes: [],
  stopSignal: "SIGQUIT",
  healthCheck: {
    argv: ["check"],
    interval: 7000,
    timeout: 2000,
    startPeriod: 0,
    startInterval: 0,
    retries: 9,
  },
  labels: [],
  created: "2020-01-01T00:00:00Z",
};

const POSTGRES: Account = { name: "postgres", uid: 999, gid: 998, groups: [50] };

async function convert(
  lines: string,
  changes: Partial<ImageConfig> = {},
  top = "",
  accounts: readonly Account[] = [POSTGRES],
): Promise<StackService> {
  const file = join(root, "compose.yaml");
  await writeFile(
    file,
    `name: shop\nservices:\n  app:\n    image: x\n    ${lines.replaceAll("\n", "\n    ")}\n${top}`,
  );
  const project = await readComposeFile(file, {});
  const [service] = project.services.values();
  if (service === undefined) throw new Error("the file has one service");
  const image: Image = {
    reference: "x",
    manifest: descriptor,
    configDescriptor: descriptor,
    config: { ...config, ...changes },
    layers: [],
  };
  return toContainer(service, {
    project,
    image,
    accounts,
    groups: new Map([["staff", 50]]),
    stateRoot: "/state",
  });
}

test("an account that calls itself something else is who its number says", async () => {
  const accounts = [{ name: "appuser", uid: 0, gid: 0, groups: [] }];
  const { container } = await convert("user: appuser", {}, "", accounts);
  expect(container.user).toEqual({ uid: 0, gid: 0, groups: [] });
});

test("a service that says nothing is what Docker would run", async () => {
  const { container, ...rest } = await convert("{}".slice(2));
  expect(container).toMatchObject({
    name: "app",
    argv: ["/usr/bin/node", "main.js"],
    env: new Map(config.env),
    workingDirectory: "/app",
    user: { uid: 10001, gid: 10001, groups: [] },
    readOnlyRoot: false,
    noNewPrivileges: false,
    capabilities: DEFAULT_CAPABILITIES,
    seccomp: "default",
    systemPaths: "default",
    hostDevices: false,
    network: "private",
    pid: "private",
    uts: "private",
    ipc: "private",
    mounts: [],
    stopSignal: "SIGQUIT",
    stopGrace: 10_000,
    limits: { memory: undefined, pids: undefined, cpus: undefined, shmSize: 64 * 1024 ** 2 },
  });
  expect(DEFAULT_CAPABILITIES).toHaveLength(14);
  expect(rest).toEqual({
    networks: [{ network: "default", aliases: [] }],
    ports: [],
    restart: { policy: "no" },
    dependsOn: [],
    healthCheck: {
      argv: ["check"],
      interval: 7000,
      timeout: 2000,
      startPeriod: 0,
      startInterval: 5000,
      retries: 9,
    },
  });
});

describe("argv", () => {
  test.each([
    ["command: [a, b]", ["/usr/bin/node", "a", "b"]],
    ["entrypoint: [e]", ["e"]],
    ["entrypoint: [e]\ncommand: c", ["e", "c"]],
    ["entrypoint: []\ncommand: c", ["c"]],
    ["command: []", ["/usr/bin/node", "main.js"]],
    ["entrypoint: []", ["main.js"]],
  ])("%s", async (lines, argv) => {
    expect((await convert(lines)).container.argv).toEqual(argv);
  });

  test("nothing to start is refused", async () => {
    await expect(convert("entrypoint: []", { command: [] })).rejects.toMatchObject({
      code: "stack/no-command",
      place: { line: 3 },
    });
  });
});

test.each([
  ["user: '5:6'", { uid: 5, gid: 6, groups: [] }],
  ["user: '1000'", { uid: 1000, gid: 0, groups: [] }],
  ["user: '999'", { uid: 999, gid: 998, groups: [50] }],
  ["user: postgres", { uid: 999, gid: 998, groups: [50] }],
  ["user: postgres:7", { uid: 999, gid: 7, groups: [] }],
  ["user: postgres:staff", { uid: 999, gid: 50, groups: [] }],
  ["user: root", { uid: 0, gid: 0, groups: [] }],
  ["user: '0:0'\ngroup_add: [5, staff]", { uid: 0, gid: 0, groups: [5, 50] }],
])("%s", async (lines, user) => {
  expect((await convert(lines)).container.user).toEqual(user);
});

test("an image without a user runs as root", async () => {
  expect((await convert("init: false", { user: "" })).container.user).toEqual({ uid: 0, gid: 0, groups: [] });
});

test.each(["user: nobody", "user: '5:nogroup'", "group_add: [nogroup]"])("%s is refused", async (lines) => {
  await expect(convert(lines)).rejects.toMatchObject({ code: "stack/account", exit: 3, place: { line: 5 } });
});

describe("capabilities", () => {
  const without = (name: string): string[] => DEFAULT_CAPABILITIES.filter((one) => one !== name);
  test.each([
    ["cap_drop: [ALL]", []],
    ["cap_drop: [all]\ncap_add: [CAP_CHOWN, chown]", ["CHOWN"]],
    ["cap_drop: [NET_RAW]", without("NET_RAW")],
    ["cap_add: [SYS_ADMIN]", [...DEFAULT_CAPABILITIES, "SYS_ADMIN"]],
    ["cap_add: [NET_RAW]\ncap_drop: [NET_RAW]", [...without("NET_RAW"), "NET_RAW"]],
    ["cap_add: [ALL]\ncap_drop: [ALL]", CAPABILITIES],
    ["privileged: true\ncap_drop: [ALL]", CAPABILITIES],
  ])("%s", async (lines, capabilities) => {
    expect((await convert(lines)).container.capabilities).toEqual(capabilities);
  });

  test("dropping more never gives more", async () => {
    const names = fc.subarray([...CAPABILITIES.slice(0, 20), "ALL"]);
    await fc.assert(
      fc.asyncProperty(names, names, async (add, drop) => {
        const plain = await convert(`cap_add: ${JSON.stringify(add)}`);
        const dropped = await convert(`cap_add: ${JSON.stringify(add)}\ncap_drop: ${JSON.stringify(drop)}`);
        expect(plain.container.capabilities).toEqual(
          expect.arrayContaining([...dropped.container.capabilities]),
        );
      }),
      { numRuns: 50 },
    );
  });
});

test.each([
  ["privileged: true", { seccomp: "unconfined", systemPaths: "unconfined", hostDevices: true }],
  ["privileged: true\nsecurity_opt: [no-new-privileges]", { noNewPrivileges: true, hostDevices: true }],
  ["security_opt: [no-new-privileges:false]", { noNewPrivileges: false }],
  ["security_opt: [seccomp=unconfined]", { seccomp: "unconfined", systemPaths: "default" }],
  ["security_opt: [systempaths=unconfined]", { seccomp: "default", systemPaths: "unconfined" }],
  [
    "read_only: true\nnetwork_mode: host\npid: host\nipc: host",
    { readOnlyRoot: true, network: "host", pid: "host" },
  ],
  [
    "mem_limit: 64m\npids_limit: -1\ncpus: 0.5",
    { limits: { memory: 67108864, pids: undefined, cpus: 0.5, shmSize: 67108864 } },
  ],
  ["stop_signal: int\nstop_grace_period: 5s", { stopSignal: "SIGINT", stopGrace: 5000 }],
])("%s", async (lines, expected) => {
  expect((await convert(lines)).container).toMatchObject(expected);
});

test("variables are laid over the image's, and one without a value takes it away", async () => {
  const { container } = await convert("environment: { NODE_ENV: , A: 1 }");
  expect([...container.env]).toEqual([
    ["PATH", "/usr/bin"],
    ["A", "1"],
  ]);
});

test("mounts: volumes live in the state folder, secrets and configs come last", async () => {
  const { container } = await convert(
    'volumes: ["data:/d", "own:/o:ro", "/:/host"]\ntmpfs: ["/tmp:size=16m,mode=700,exec", /run]\nsecrets: [s]\nconfigs: [c]',
    {},
    "volumes: { data: , own: { name: mine } }\nsecrets: { s: { file: ./s } }\nconfigs: { c: { file: ./c } }\n",
  );
  expect(container.mounts).toEqual([
    { kind: "volume", name: "shop_data", source: "/state/volumes/shop_data", target: "/d", readOnly: false },
    { kind: "volume", name: "mine", source: "/state/volumes/mine", target: "/o", readOnly: true },
    { kind: "bind", source: "/", target: "/host", readOnly: false },
    { kind: "tmpfs", target: "/tmp", size: 16 * 1024 ** 2, mode: 0o700, exec: true },
    { kind: "tmpfs", target: "/run", size: undefined, mode: 0o1777, exec: false },
    { kind: "secret", name: "s", source: join(root, "s"), target: "/run/secrets/s" },
    { kind: "secret", name: "c", source: join(root, "c"), target: "/c" },
  ]);
});

describe("health check", () => {
  test.each([
    ["healthcheck: { test: [CMD, own], interval: 1s }", { argv: ["own"], interval: 1000, timeout: 2000 }],
    ["healthcheck: { retries: 2 }", { argv: ["check"], interval: 7000, retries: 2 }],
    ["healthcheck: { test: own line }", { argv: ["/bin/sh", "-c", "own line"] }],
  ])("%s", async (lines, expected) => {
    expect((await convert(lines)).healthCheck).toMatchObject(expected);
  });

  test("it can be switched off, and is absent where nobody gave one", async () => {
    expect((await convert("healthcheck: { disable: true }")).healthCheck).toBeUndefined();
    expect((await convert("init: false", { healthCheck: undefined })).healthCheck).toBeUndefined();
    expect(
      (await convert("healthcheck: { interval: 1s }", { healthCheck: undefined })).healthCheck,
    ).toBeUndefined();
  });
});
