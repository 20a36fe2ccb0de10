import fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf } from "../../content/digest.ts";
import type { ImageConfig } from "../../oci/image.ts";
import { resolveSeccomp } from "../../posture/seccomp/resolve.ts";
import { CAPABILITIES } from "../../recipe/capabilities.ts";
import type { Confinement, Container, Mount } from "../container.ts";
import type { ContainerExtras } from "../container-extras.ts";
import type { CreateRequest, HostConfig } from "./create-request.ts";
import { exitStatus } from "./running.ts";
import { type CreateContext, toCreateRequest, toHealthConfig } from "./to-create-request.ts";

const HARDENED: Confinement = {
  user: { uid: 10001, gid: 10002, groups: [7] },
  readOnlyRoot: true,
  noNewPrivileges: true,
  capabilities: [],
  seccomp: "engine",
  systemPaths: "default",
  hostDevices: false,
  network: "private",
  pid: "private",
  uts: "private",
  ipc: "private",
  limits: { memory: 1024, pids: 5, cpus: 0.25, shmSize: 64 },
};

const WIDE: Partial<Container> = {
  ...{ hostDevices: true, seccomp: "unconfined", systemPaths: "unconfined" },
  ...{ noNewPrivileges: false, capabilities: CAPABILITIES },
};

function container(changes: Partial<Container> = {}): Container {
  const id = digestOf("image");
  return {
    ...HARDENED,
    name: "app",
    image: {
      reference: "app:1",
      manifest: { digest: id },
      config: { architecture: "amd64" } as ImageConfig,
      layers: [],
    },
    argv: ["/bin/app", "--flag"],
    env: new Map([["A", "b=c"]]),
    workingDirectory: "",
    mounts: [],
    stopSignal: "SIGINT",
    stopGrace: 1500,
    ...changes,
  };
}

const CONTEXT: CreateContext = { flavor: "docker", network: "none", secrets: "bind" };

function requestFor(changes: Partial<Container> = {}, context: Partial<CreateContext> = {}): CreateRequest {
  return toCreateRequest(container(changes), { ...CONTEXT, ...context });
}

const host = (...given: Parameters<typeof requestFor>): HostConfig => requestFor(...given).HostConfig;

test("a hardened container, whole", () => {
  expect(requestFor()).toEqual({
    Image: digestOf("image"),
    Hostname: "app",
    User: "10001:10002",
    Env: ["A=b=c"],
    Entrypoint: ["/bin/app", "--flag"],
    Cmd: [],
    WorkingDir: "/",
    Labels: {},
    Healthcheck: { Test: ["NONE"] },
    StopSignal: "SIGINT",
    StopTimeout: 2,
    Tty: false,
    OpenStdin: false,
    HostConfig: {
      Tmpfs: {},
      Binds: [],
      Mounts: [],
      NetworkMode: "none",
      PidMode: "",
      IpcMode: "private",
      Memory: 1024,
      MemorySwap: 1024,
      PidsLimit: 5,
      NanoCpus: 250_000_000,
      ShmSize: 64,
      Devices: [],
      DeviceCgroupRules: [],
      ExtraHosts: [],
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      CapAdd: [],
      GroupAdd: ["7"],
      SecurityOpt: ["no-new-privileges"],
    },
  });
});

test.each<[string, Partial<Container>, Partial<HostConfig>]>([
  ["seccomp", { seccomp: "unconfined" }, { SecurityOpt: ["no-new-privileges", "seccomp=unconfined"] }],
  ["a profile", { extras: { seccompProfile: "{}" } }, { SecurityOpt: ["no-new-privileges", "seccomp={}"] }],
  ["privileges", { noNewPrivileges: false }, { SecurityOpt: [] }],
  ["system paths", { systemPaths: "unconfined" }, { MaskedPaths: [], ReadonlyPaths: [] }],
  ["capabilities", { capabilities: ["CHOWN"] }, { CapAdd: ["CHOWN"], CapDrop: ["ALL"] }],
  ["namespaces", { pid: "host", ipc: "host" }, { PidMode: "host", IpcMode: "host" }],
  ["swap", { extras: { memorySwap: -1 } }, { MemorySwap: -1 }],
  [
    "limits",
    { extras: { ulimits: [{ name: "nofile", soft: 1, hard: 2 }] } },
    { Ulimits: [{ Name: "nofile", Soft: 1, Hard: 2 }] },
  ],
  ["hosts", { extras: { extraHosts: [["a", "host-gateway"]] } }, { ExtraHosts: ["a:host-gateway"] }],
  [
    "a device",
    { extras: { devices: [{ source: "/dev/fuse", target: "/dev/f", permissions: "rw" }] } },
    { Devices: [{ PathOnHost: "/dev/fuse", PathInContainer: "/dev/f", CgroupPermissions: "rw" }] },
  ],
  [
    "logging",
    { extras: { logging: { driver: "local", options: new Map([["max-size", "1m"]]) } } },
    { LogConfig: { Type: "local", Config: { "max-size": "1m" } } },
  ],
])("%s", (_, changes, expected) => {
  expect(host(changes)).toMatchObject(expected);
});

test("the default profile is ours, resolved for the container; Podman, which takes none, keeps its own", () => {
  const capabilities = ["SYS_ADMIN"];
  const profile = JSON.stringify(resolveSeccomp({ capabilities, architecture: "amd64" }));
  expect(host({ seccomp: "default", capabilities }).SecurityOpt).toEqual([
    "no-new-privileges",
    `seccomp=${profile}`,
  ]);
  expect(host({ seccomp: "default" }, { flavor: "podman" }).SecurityOpt).toEqual(["no-new-privileges"]);
});

test("all devices are given without the rest of privileged, unless everything else is wide too", () => {
  const devices = { PathOnHost: "/dev", PathInContainer: "/dev", CgroupPermissions: "rwm" };
  expect(host({ hostDevices: true })).toMatchObject({ Devices: [devices], DeviceCgroupRules: ["a *:* rwm"] });
  expect(host(WIDE)).toMatchObject({ Privileged: true });
  for (const [name, value] of Object.entries(HARDENED)) {
    if (name in WIDE) expect(host({ ...WIDE, [name]: value }).Privileged, name).toBeUndefined();
  }
});

test("never more capabilities than the machine has, and then no privileged, which would ask for all", () => {
  const capabilities = CAPABILITIES.filter((name) => name !== "SYS_RESOURCE");
  expect(host(WIDE, { capabilities })).toMatchObject({ CapAdd: capabilities });
  expect(host(WIDE, { capabilities }).Privileged).toBeUndefined();
});

test("a joined network brings its own names", () => {
  const extras: ContainerExtras = {
    ...{ hostname: "h", domainName: "d", macAddress: "02:00:00:00:00:01" },
    ...{ extraHosts: [["a", "10.0.0.1"]], dns: ["10.0.0.2"] },
  };
  const joined = requestFor({ extras }, { network: "container:x", hosts: new Map([["b", "10.0.0.3"]]) });
  expect(Object.keys(joined)).not.toEqual(expect.arrayContaining(["Hostname"]));
  expect([joined.Domainname, joined.MacAddress, joined.HostConfig.ExtraHosts, joined.HostConfig.Dns]).toEqual(
    Array.from({ length: 4 }),
  );
  const own = requestFor({ extras }, { hosts: new Map([["b", "10.0.0.3"]]) });
  expect(own).toMatchObject({
    Hostname: "h",
    Domainname: "d",
    HostConfig: { ExtraHosts: ["b:10.0.0.3", "a:10.0.0.1"] },
  });
});

test.each<[Mount, Partial<HostConfig>]>([
  [
    { kind: "tmpfs", target: "/t", size: 9, mode: 0o1777, exec: false, uid: 3, gid: 4 },
    { Tmpfs: { "/t": "rw,nosuid,nodev,noexec,mode=1777,size=9,uid=3,gid=4" } },
  ],
  [
    { kind: "tmpfs", target: "/t", size: undefined, mode: 0o700, exec: true },
    { Tmpfs: { "/t": "rw,nosuid,nodev,exec,mode=700" } },
  ],
  [
    { kind: "volume", name: "v", source: "/on/host", target: "/t", readOnly: true },
    { Mounts: [{ Type: "volume", Source: "v", Target: "/t", ReadOnly: true }] },
  ],
  [{ kind: "scratch", target: "/t" }, { Mounts: [{ Type: "volume", Target: "/t" }] }],
  [
    { kind: "scratch", target: "/t", owner: { uid: 1, gid: 2 } },
    { Mounts: [{ Type: "volume", Target: "/t", VolumeOptions: { NoCopy: true } }] },
  ],
  [
    { kind: "bind", source: "/s", target: "/t", readOnly: false },
    { Binds: [], Mounts: [{ Type: "bind", Source: "/s", Target: "/t", ReadOnly: false }] },
  ],
  [
    { kind: "bind", source: "/s", target: "/t", readOnly: true, createSource: true, propagation: "rslave" },
    { Binds: ["/s:/t:ro,rslave"], Mounts: [] },
  ],
  [
    { kind: "bind", source: "/s:x", target: "/t", readOnly: true, createSource: true },
    {
      Binds: [],
      Mounts: [
        {
          Type: "bind",
          Source: "/s:x",
          Target: "/t",
          ReadOnly: true,
          BindOptions: { CreateMountpoint: true },
        },
      ],
    },
  ],
  [
    { kind: "secret", name: "s", source: "/s", target: "/run/secrets/s" },
    { Mounts: [{ Type: "bind", Source: "/s", Target: "/run/secrets/s", ReadOnly: true }] },
  ],
])("mount %j", (mount, expected) => {
  expect(host({ mounts: [mount] })).toMatchObject(expected);
});

test("secrets that are copied in get a volume for each folder, once", () => {
  const secret = (target: string): Mount => ({ kind: "secret", name: "s", source: "/s", target });
  const mounts = [secret("/run/secrets/a"), secret("/run/secrets/b"), secret("/etc/app/key")];
  expect(host({ mounts }, { secrets: "copy" }).Mounts).toEqual([
    { Type: "volume", Target: "/run/secrets" },
    { Type: "volume", Target: "/etc/app" },
  ]);
});

test("Podman is asked in its own words", () => {
  const mounts: readonly Mount[] = [
    { kind: "tmpfs", target: "/own", size: undefined, mode: 0o700, exec: false, uid: 10001, gid: 10002 },
    { kind: "tmpfs", target: "/other", size: undefined, mode: 0o755, exec: false },
  ];
  expect(host({ mounts, systemPaths: "unconfined" }, { flavor: "podman" })).toMatchObject({
    Tmpfs: {
      "/own": "rw,nosuid,nodev,noexec,mode=700,notmpcopyup,U",
      "/other": "rw,nosuid,nodev,noexec,mode=755,notmpcopyup",
    },
    SecurityOpt: ["no-new-privileges", "unmask=ALL"],
  });
});

test("the size of shared memory is only said of the container's own", () => {
  expect(host().ShmSize).toBe(64);
  expect(host({ ipc: "host" }).ShmSize).toBeUndefined();
  expect(host({}, { ipcMode: "container:x" }).ShmSize).toBeUndefined();
});

test("a health check in nanoseconds; without one not even the image's", () => {
  const check = {
    argv: ["/bin/check"],
    interval: 30_000,
    timeout: 1_500,
    startPeriod: 0,
    startInterval: 5_000,
    retries: 3,
  };
  expect(toHealthConfig(check)).toEqual({
    Test: ["CMD", "/bin/check"],
    Interval: 30e9,
    Timeout: 1.5e9,
    StartPeriod: 0,
    StartInterval: 5e9,
    Retries: 3,
  });
  expect(toHealthConfig(undefined)).toEqual({ Test: ["NONE"] });
});

test("an image of our own store is known by its name, one of the engine's by its id", () => {
  const image = container().image;
  expect(requestFor({ image: { ...image, layers: [{} as never] } }).Image).toBe("app:1");
  expect(requestFor({ image }).Image).toBe(image.manifest.digest);
  expect(requestFor({ image }, { image: "other" }).Image).toBe("other");
});

test("the request asks for nothing that the container does not", () => {
  const capability = fc.constantFrom(...CAPABILITIES);
  fc.assert(
    fc.property(
      fc.uniqueArray(capability),
      fc.uniqueArray(capability),
      fc.boolean(),
      (wanted, machine, devices) => {
        const { CapAdd, CapDrop, Privileged } = host(
          { capabilities: wanted, hostDevices: devices },
          { capabilities: machine },
        );
        expect(CapDrop).toEqual(["ALL"]);
        expect(CapAdd).toEqual(wanted.filter((name) => machine.includes(name)));
        expect(Privileged).toBeUndefined();
      },
    ),
  );
});

test.each([
  [0, { code: 0, signal: undefined }],
  [3, { code: 3, signal: undefined }],
  [127, { code: 127, signal: undefined }],
  [137, { code: undefined, signal: "SIGKILL" }],
  [143, { code: undefined, signal: "SIGTERM" }],
  [255, { code: 255, signal: undefined }],
])("exit code %i", (code, status) => {
  expect(exitStatus(code)).toEqual(status);
});

test("what Podman would mount beside a read-only root is there and cannot be written to", () => {
  const closed = "ro,nosuid,nodev,noexec";
  const podman = (changes: Partial<Container>): unknown => host(changes, { flavor: "podman" }).Tmpfs;
  expect(podman({})).toEqual({ "/run": closed, "/tmp": closed, "/var/tmp": closed });
  const scratch: Mount = { kind: "scratch", target: "/tmp/" };
  expect(podman({ mounts: [scratch] })).toEqual({ "/run": closed, "/var/tmp": closed });
  expect(podman({ readOnlyRoot: false })).toEqual({});
  expect(host({}).Tmpfs).toEqual({});
});
