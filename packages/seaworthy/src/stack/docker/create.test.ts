import { describe, expect, test } from "vitest";
import type { StackService } from "../../engine/stack-service.ts";
import type { StackSpec } from "../stack-spec.ts";
import { toServiceRequest } from "./create.ts";
import { networkAliases } from "./names.ts";
import { asPodmanReads } from "./podman-health.ts";

const service = (changes: object = {}, container: object = {}): StackService =>
  ({
    container: {
      name: "app",
      image: {
        reference: "app:1",
        manifest: { digest: "sha256:00" },
        layers: [],
        config: { architecture: "amd64" },
      },
      ...{
        argv: ["/app"],
        env: new Map(),
        workingDirectory: "/",
        mounts: [],
        stopSignal: "SIGTERM",
        stopGrace: 1000,
      },
      ...{
        user: { uid: 1, gid: 1, groups: [] },
        capabilities: [],
        network: "private",
        pid: "private",
        uts: "private",
        ipc: "private",
      },
      limits: { memory: undefined, pids: undefined, cpus: undefined, shmSize: 1024 },
      ...container,
    },
    ...{ ports: [], healthCheck: undefined, restart: { policy: "no" }, dependsOn: [], networks: [] },
    ...changes,
  }) as unknown as StackService;

const spec = (...services: readonly StackService[]): StackSpec => ({
  project: "myapp",
  files: ["/srv/myapp/compose.yaml", "/srv/myapp/override.yaml"],
  services,
  networks: new Map(
    ["front", "back"].map((key) => [key, { name: `myapp_${key}`, internal: false, external: false }]),
  ),
  volumes: new Map(),
});

describe("the request for a container", () => {
  const request = (one: StackService, flavor: "docker" | "podman" = "docker") =>
    toServiceRequest(
      {
        client: { flavor },
        facts: { capabilities: [], local: true } as never,
        spec: spec(one),
        leash: "here/1/2",
        ids: new Map([["vpn", "0123"]]),
      },
      one,
      "app:1",
    );

  test("its first network, with all its names there, and its ports", () => {
    const networks = [
      { network: "back", aliases: ["api"], ipv4Address: "10.0.0.7" },
      { network: "front", aliases: [] },
    ];
    const ports = [{ address: "127.0.0.1", published: 8080, target: 80 }];
    const expose = ["9100-9101", "53/udp"];
    expect(request(service({ networks, ports, expose, containerName: "own" }))).toMatchObject({
      NetworkingConfig: {
        EndpointsConfig: {
          myapp_back: { Aliases: ["app", "own", "api"], IPAMConfig: { IPv4Address: "10.0.0.7" } },
        },
      },
      ExposedPorts: { "80/tcp": {}, "9100/tcp": {}, "9101/tcp": {}, "53/udp": {} },
      HostConfig: {
        NetworkMode: "myapp_back",
        PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }] },
      },
      Labels: {
        "com.docker.compose.project.config_files": "/srv/myapp/compose.yaml,/srv/myapp/override.yaml",
        "dev.seaworthy.leashed": "here/1/2",
      },
    });
  });

  test.each([
    ["none", service({}, { network: "none" })],
    ["host", service({}, { network: "host" })],
    ["none", service()],
    ["container:0123", service({}, { extras: { shareNetwork: "service:vpn" } })],
    ["container:4567", service({}, { extras: { shareNetwork: "container:4567" } })],
  ])("the network mode %s, with no port of its own", (mode, one) => {
    const made = request({ ...one, ports: [{ address: "0.0.0.0", published: 80, target: 80 }] });
    expect([made.HostConfig.NetworkMode, made.NetworkingConfig, made.HostConfig.PortBindings]).toEqual([
      ...[mode, undefined, {}],
    ]);
  });

  test.each([
    [
      { policy: "on-failure", attempts: 3 },
      { Name: "on-failure", MaximumRetryCount: 3 },
    ],
    [
      { policy: "on-failure", attempts: undefined },
      { Name: "on-failure", MaximumRetryCount: 0 },
    ],
    [{ policy: "unless-stopped" }, { Name: "unless-stopped" }],
  ])("the restart policy %j", (restart, expected) =>
    expect(request(service({ restart })).HostConfig.RestartPolicy).toEqual(expected),
  );

  test("a health check, as each engine reads it", () => {
    const check = {
      argv: ["/bin/node", "-e", "a b"],
      interval: 1,
      timeout: 1,
      startPeriod: 0,
      startInterval: 1,
      retries: 1,
    };
    const one = service({ healthCheck: check });
    expect(request(one).Healthcheck?.Test).toEqual(["CMD", "/bin/node", "-e", "a b"]);
    expect(request(one, "podman").Healthcheck?.Test).toEqual(['["/bin/node","-e","a b"]']);
    const alone = request(service({ healthCheck: { ...check, argv: ["/check"] } }));
    expect(asPodmanReads(alone)).toBe(alone);
    expect(asPodmanReads(request(service())).Healthcheck?.Test).toEqual(["NONE"]);
  });

  test("a volume with an owner of its own starts without the image's content", () => {
    const volume = { kind: "volume", name: "v", source: "", target: "/v", readOnly: false };
    const owner = { uid: 1, gid: 1, mode: 0o700 };
    const mounts = [volume, { ...volume, target: "/own", owner }];
    expect(request(service({}, { mounts })).HostConfig.Mounts?.map((one) => one.VolumeOptions)).toEqual([
      ...[undefined, { NoCopy: true }],
    ]);
  });
});

test("names in a network, each once", () => {
  expect(networkAliases(service({ containerName: "own" }), ["api", "own", "app"])).toEqual([
    "app",
    "own",
    "api",
  ]);
});
