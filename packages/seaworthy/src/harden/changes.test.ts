import { describe, expect, it } from "vitest";
import type { Container } from "../engine/container.ts";
import type { StackService } from "../engine/stack-service.ts";
import { changesOf } from "./changes.ts";
import { editedTexts, writtenService } from "./compose-files.ts";
import type { Change } from "./draft.ts";
import { hardened, type Needs } from "./needs.ts";
import { fakeService } from "./world.fixture.ts";

const FILE = "/p/compose.yaml";
const NEEDS: Needs = {
  user: { uid: 999, gid: 999, groups: [] },
  ...{ grants: [], init: false, scratch: ["/run/db"], data: ["/var/lib/db"], publish: [], expose: [] },
  limits: { memory: 256 * 1024 ** 2, pids: 64, cpus: 1 },
};

function change(
  text: string,
  service: StackService,
  needs: Partial<Needs> = {},
  keepPorts = false,
): { readonly changes: readonly Change[]; readonly text: string } {
  const texts = [{ file: FILE, text }];
  const after = hardened(service, { ...NEEDS, ...needs }, "p");
  const changes = changesOf({ before: service, after, written: writtenService(texts, "db"), keepPorts });
  return { changes, text: editedTexts(texts, changes, false)[0]?.text ?? "" };
}

const limited: Partial<Container> = {
  limits: { memory: 2 ** 29, pids: 64, cpus: 1, shmSize: 2 ** 26 },
};
const bare: Partial<Needs> = { scratch: [], data: [], user: { uid: 0, gid: 0, groups: [] } };

describe("changes of a Compose file", () => {
  it("bring a service that said nothing to the posture", () => {
    expect(change("services:\n  db:\n    image: db\n", fakeService("db")).text).toBe(`services:
  db:
    image: db
    user: "999:999"
    read_only: true
    tmpfs:
      - /run/db:size=16m,uid=999,gid=999,mode=0755,noexec,nosuid,nodev
    volumes:
      - db-lib-db:/var/lib/db
    cap_drop:
      - ALL
    security_opt:
      - no-new-privileges:true
    pids_limit: 64
    mem_limit: 256m
    cpus: 1

volumes:
  db-lib-db: {}
`);
  });

  it("put an init in front of a first process that waits for nobody, once", () => {
    const service = fakeService("db", limited);
    const needs = { ...bare, init: true };
    const text = "services:\n  db:\n    image: db\n    init: false\n";
    expect(change(text, service, needs).text).toContain("    image: db\n    init: true\n");
    const has = fakeService("db", { ...limited, extras: { init: true } });
    expect(change(text, has, needs).changes.map(({ key }) => key)).not.toContain("init");
    expect(change(text, service, bare).changes.map(({ key }) => key)).not.toContain("init");
  });

  it("are none for a service that is there already", () => {
    const text = "services:\n  db:\n    image: db\n";
    const service = hardened(fakeService("db"), NEEDS, "p");
    const needs = { scratch: [], data: [] };
    expect(change(text, service, needs)).toEqual({ changes: [], text });
  });

  it.each<[string, string, Partial<Container>, Partial<Needs>, string]>([
    [
      "exceptions go, others stay",
      "security_opt:\n      - seccomp=unconfined\n      - label=disable",
      { seccomp: "unconfined", noNewPrivileges: true, capabilities: [], ...limited },
      bare,
      "security_opt:\n      - label=disable",
    ],
    [
      "a refusal to be confined is turned round",
      "security_opt: [no-new-privileges:false]",
      { noNewPrivileges: false, capabilities: [], ...limited },
      bare,
      'security_opt: ["no-new-privileges:true"]',
    ],
    [
      "only the capabilities that are needed are added",
      "cap_drop: [NET_RAW]\n    cap_add: [CAP_SYS_ADMIN, chown]",
      { capabilities: ["CHOWN", "SYS_ADMIN", "KILL"], noNewPrivileges: true, ...limited },
      { ...bare, grants: ["CHOWN", "KILL"] },
      "cap_drop: [ALL]\n    cap_add: [chown, KILL]",
    ],
    [
      "privileges and the host's namespaces go",
      "privileged: true\n    pid: host\n    image: db",
      { hostDevices: true, pid: "host", noNewPrivileges: true, capabilities: [], ...limited },
      bare,
      "image: db",
    ],
    [
      "what it listened on beside the host is published",
      "image: db\n    network_mode: host",
      { network: "host", noNewPrivileges: true, capabilities: [], ...limited },
      { ...bare, publish: [8080] },
      'image: db\n    ports:\n      - "127.0.0.1:8080:8080"',
    ],
    [
      "where it listens is written down",
      "image: db",
      { noNewPrivileges: true, capabilities: [], ...limited },
      { ...bare, expose: [6379] },
      'image: db\n    expose:\n      - "6379"',
    ],
    [
      "a temporary file system is bounded where it is written",
      "tmpfs:\n      - /tmp:exec,mode=0700",
      {
        mounts: [{ kind: "tmpfs", target: "/tmp", size: undefined, mode: 0o700, exec: true }],
        ...{ noNewPrivileges: true, capabilities: [], ...limited },
      },
      bare,
      "tmpfs:\n      - /tmp:mode=0700,size=16m,noexec,nosuid,nodev",
    ],
    [
      "code that is mounted is mounted read-only",
      "volumes:\n      - ./src:/app",
      {
        mounts: [{ kind: "bind", source: "/p/src", target: "/app", readOnly: false }],
        ...{ workingDirectory: "/app", noNewPrivileges: true, capabilities: [], ...limited },
      },
      bare,
      "volumes:\n      - ./src:/app:ro",
    ],
    [
      "limits go beside those under deploy",
      "deploy:\n      resources:\n        limits:\n          memory: 1g",
      {
        noNewPrivileges: true,
        capabilities: [],
        limits: { memory: 2 ** 30, pids: undefined, cpus: undefined, shmSize: 0 },
      },
      bare,
      'deploy:\n      resources:\n        limits:\n          memory: 1g\n          pids: 64\n          cpus: "1"',
    ],
  ])("%s", (_, before, container, needs, after) => {
    const service = fakeService("db", { readOnlyRoot: true, ...container });
    expect(change(`services:\n  db:\n    ${before}\n`, service, needs).text).toBe(
      `services:\n  db:\n    ${after}\n`,
    );
  });

  it("put ports on loopback unless they are kept", () => {
    const text =
      'services:\n  db:\n    ports:\n      - "80:80" # web\n      - target: 90\n        published: 90\n';
    const service = fakeService("db", {
      readOnlyRoot: true,
      noNewPrivileges: true,
      capabilities: [],
      ...limited,
    });
    expect(change(text, service, bare).text).toBe(
      'services:\n  db:\n    ports:\n      - "127.0.0.1:80:80" # web\n      - target: 90\n        published: 90\n        host_ip: "127.0.0.1"\n',
    );
    expect(change(text, service, bare, true).text).toBe(text);
  });

  it("go to the file that has what changes, and what is new to the last", () => {
    const texts = [
      {
        file: "/p/a.yaml",
        text: "services:\n  db:\n    security_opt: [label=disable, seccomp=unconfined]\n",
      },
      { file: "/p/b.yaml", text: "services:\n  db:\n    image: x\n  other: {}\n" },
    ];
    const service = fakeService("db", {
      readOnlyRoot: true,
      seccomp: "unconfined",
      capabilities: [],
      ...limited,
    });
    const after = hardened(service, { ...NEEDS, ...bare }, "p");
    const changes = changesOf({
      before: service,
      after,
      written: writtenService(texts, "db"),
      keepPorts: false,
    });
    expect(editedTexts(texts, changes, false).map(({ text }) => text)).toEqual([
      "services:\n  db:\n    security_opt: [label=disable]\n",
      "services:\n  db:\n    image: x\n    security_opt:\n      - no-new-privileges:true\n  other: {}\n",
    ]);
  });

  describe("of networks", () => {
    const closed = (text: string): string => {
      const texts = [{ file: FILE, text }];
      const both = ["default", "internal"].map((network) => ({ network, aliases: [] }));
      const before = fakeService("db", limited);
      const service = { ...before, networks: both };
      const after = hardened(service, { ...NEEDS, ...bare }, "p");
      const changes = changesOf({ before, after, written: writtenService(texts, "db"), keepPorts: false });
      const only = changes.filter(({ key }) => key === "networks");
      return editedTexts(texts, only, false)[0]?.text ?? "";
    };

    it.each([
      ["none listed", "services:\n  db:\n    image: db\n", "image: db\n    networks:\n      - internal\n"],
      [
        "a list",
        "services:\n  db:\n    networks:\n      - default # all\n      - other\n",
        "networks:\n      - other\n      - internal\n",
      ],
      [
        "a mapping",
        "services:\n  db:\n    networks:\n      default: {}\n      other: {} # kept\n",
        "networks:\n      other: {} # kept\n      internal: {}\n",
      ],
    ])("%s", (_, text, expected) => {
      expect(closed(text)).toContain(expected);
      expect(closed(text)).toContain("\nnetworks:\n  internal:\n    internal: true\n");
    });
  });

  it("give a data store a health check, and take its port away", () => {
    const argv = ["redis-cli", "ping"];
    const times = { interval: 1, timeout: 1, startPeriod: 1, startInterval: 1, retries: 1 };
    const before = {
      ...fakeService("db"),
      ports: [{ address: "0.0.0.0", published: 6379, target: 6379 }],
    };
    const after = { ...before, ports: [], healthCheck: { argv, ...times } };
    const text = 'services:\n  db:\n    image: redis\n    ports: ["6379:6379"]\n';
    const texts = [{ file: FILE, text }];
    const changes = changesOf({ before, after, written: writtenService(texts, "db"), keepPorts: false });
    expect(editedTexts(texts, changes, false)[0]?.text).toBe(`services:
  db:
    image: redis
    healthcheck:
      test: [CMD, redis-cli, ping]
      interval: 5s
      timeout: 3s
      retries: 3
      start_period: 30s
`);
  });
});
