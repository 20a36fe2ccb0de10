import { expect, test } from "vitest";
import type { ContainerDetails, ImageDetails } from "../../engine/docker/api-types.ts";
import { adopt } from "./to-compose.ts";

const IMAGE = {
  Id: "sha256:1",
  Config: { User: "7", Env: ["PATH=/bin"], Entrypoint: ["/entry"], Cmd: ["serve"], WorkingDir: "/app" },
} as unknown as ImageDetails;

function container(changes: {
  readonly Name?: string;
  readonly Config?: object;
  readonly HostConfig?: object;
  readonly Mounts?: object;
  readonly Networks?: object;
}): ContainerDetails {
  return {
    ...{ Id: "1", Name: changes.Name ?? "/web", Image: "sha256:1", Mounts: changes.Mounts ?? [] },
    Config: { ...IMAGE.Config, Image: "web:1", ...changes.Config },
    HostConfig: {
      NetworkMode: "bridge",
      ShmSize: 64 * 1024 * 1024,
      IpcMode: "private",
      ...changes.HostConfig,
    },
    NetworkSettings: { Networks: changes.Networks ?? { bridge: {} } },
  } as unknown as ContainerDetails;
}
const adopted = (changes: Parameters<typeof container>[0]) =>
  adopt([container(changes)], new Map([["sha256:1", IMAGE]]), {});

test("a container like any other is its image", () => {
  expect(adopted({})).toEqual({ compose: { services: { web: { image: "web:1" } } }, files: new Map() });
});

test.each<[string, object, object]>([
  ["a command of its own", { Cmd: ["other", "$x"] }, { command: ["other", "$$x"] }],
  ["an entrypoint takes the image's command away", { Entrypoint: ["/x"], Cmd: null }, { entrypoint: ["/x"] }],
  ["with one of its own", { Entrypoint: ["/x"], Cmd: ["serve"] }, { entrypoint: ["/x"], command: ["serve"] }],
  ["variables beyond the image's", { Env: ["PATH=/bin", "A=$b=c"] }, { environment: ["A=$$b=c"] }],
  ["a name that Podman made up", { Env: ["PATH=/bin", "HOSTNAME=1"] }, {}],
  [
    "a port that is named",
    { ExposedPorts: { "9100/tcp": {}, "53/udp": {} } },
    { expose: ["9100", "53/udp"] },
  ],
  ["no check", { Healthcheck: { Test: ["NONE"] } }, { healthcheck: { disable: true } }],
  [
    "a check",
    { Healthcheck: { Test: ["CMD-SHELL", "echo $a"], Interval: 3e9, Retries: 2 } },
    { healthcheck: { test: ["CMD-SHELL", "echo $$a"], interval: "3000ms", retries: 2 } },
  ],
])("program: %s", (_, Config, expected) => {
  expect(adopted({ Config }).compose.services["web"]).toEqual({ image: "web:1", ...expected });
});

test.each<[string, object, object]>([
  ["capabilities", { CapDrop: ["ALL"], CapAdd: ["CAP_CHOWN"] }, { cap_drop: ["ALL"], cap_add: ["CHOWN"] }],
  [
    "on failure, and no more than five times",
    { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 5 } },
    { restart: "on-failure:5" },
  ],
  ["never", { RestartPolicy: { Name: "no", MaximumRetryCount: 0 } }, {}],
  [
    "ports",
    {
      PortBindings: {
        "80/tcp": [
          { HostIp: "127.0.0.1", HostPort: "8080" },
          { HostIp: "::1", HostPort: "8080" },
        ],
        "53/udp": [{ HostIp: "", HostPort: "53" }],
        "9/tcp": [{ HostIp: "", HostPort: "" }],
        "10/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }],
      },
    },
    { ports: ["127.0.0.1:8080:80", "[::1]:8080:80", "53:53/udp", "9", "127.0.0.1::10"] },
  ],
  ["memory with swap", { Memory: 64, MemorySwap: 128 }, { mem_limit: 64 }],
  ["memory without", { Memory: 64, MemorySwap: 64 }, { mem_limit: 64, memswap_limit: 64 }],
  [
    "what Podman says its own way",
    {
      Tmpfs: {
        ...{ "/run": "rw,rprivate,nosuid,nodev,tmpcopyup", "/tmp": "rw", "/x": "size=1m" },
        "/y": "size=1m,noexec,rprivate,tmpcopyup",
      },
      ShmSize: 65_536_000,
      Ulimits: [{ Name: "RLIMIT_NOFILE", Soft: 1, Hard: 2 }],
    },
    {
      tmpfs: ["/run:nosuid,nodev,exec", "/tmp", "/x:size=1m", "/y:size=1m,noexec"],
      ulimits: { nofile: { soft: 1, hard: 2 } },
    },
  ],
  ["no limit of processes, in three spellings", { PidsLimit: -1 }, {}],
  [
    "the host's namespaces",
    { PidMode: "host", IpcMode: "host", UTSMode: "host" },
    { pid: "host", ipc: "host", uts: "host" },
  ],
  [
    "a seccomp profile by name",
    { SecurityOpt: ["seccomp=unconfined", "label=disable"] },
    { security_opt: ["seccomp=unconfined", "label=disable"] },
  ],
])("machine: %s", (_, HostConfig, expected) => {
  expect(adopted({ HostConfig }).compose.services["web"]).toEqual({ image: "web:1", ...expected });
});

test("a profile of its own becomes a file beside it", () => {
  const profile = '{"defaultAction":"SCMP_ACT_ERRNO"}';
  const { compose, files } = adopted({ HostConfig: { SecurityOpt: [`seccomp=${profile}`] } });
  expect(compose.services["web"]).toMatchObject({ security_opt: ["seccomp=seccomp.web.json"] });
  expect(files).toEqual(new Map([["seccomp.web.json", profile]]));
});

test("networks and volumes are somebody else's; what was made for one container is made anew", () => {
  const { compose } = adopted({
    Name: "/shop_web.1",
    Networks: { shop: {} },
    Mounts: [
      { Type: "volume", Name: "data", Source: "/x", Destination: "/data", RW: false },
      { Type: "volume", Name: "a".repeat(64), Source: "/y", Destination: "/cache", RW: true },
      { Type: "bind", Source: "/etc/$x", Destination: "/etc", RW: false },
      { Type: "tmpfs", Source: "", Destination: "/tmp", RW: true },
    ],
    HostConfig: { NetworkMode: "shop", Tmpfs: { "/tmp": "size=1m", "/run": "" } },
  });
  expect(compose).toEqual({
    services: {
      "shop_web.1": {
        image: "web:1",
        networks: ["shop"],
        volumes: [
          { type: "volume", source: "data", target: "/data", read_only: true },
          { type: "volume", target: "/cache" },
          { type: "bind", source: "/etc/$$x", target: "/etc", read_only: true },
        ],
        tmpfs: ["/tmp:size=1m", "/run"],
      },
    },
    networks: { shop: { name: "shop", external: true } },
    volumes: { data: { name: "data", external: true } },
  });
});

test.each(["host", "none", "container:abc"])("the network mode %s is in no network", (mode) => {
  const { compose } = adopted({ HostConfig: { NetworkMode: mode }, Networks: { [mode]: {} } });
  expect(compose).toEqual({ services: { web: { image: "web:1", network_mode: mode } } });
});
