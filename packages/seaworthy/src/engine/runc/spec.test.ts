import { expect, test } from "vitest";
import type { Container, Mount } from "../container.ts";
import type { StartOptions } from "../engine.ts";
import { bundlePaths } from "./bundle.ts";
import { createLab, hardened } from "./busybox.fixture.ts";
import type { RuntimeSpec } from "./runtime-spec.ts";
import { type Machine, specProcess, toRuntimeSpec } from "./spec.ts";

const MACHINE: Machine = { cgroup: "v1", capabilities: ["CHOWN", "KILL"], swapLimit: true, devices: [] };
using lab = createLab("spec");

function spec(
  changes: Partial<Container> = {},
  machine: Partial<Machine> = {},
  network: StartOptions["network"] = { kind: "private" },
): RuntimeSpec {
  const paths = bundlePaths("/run/b", "/seaworthy/p/c");
  return toRuntimeSpec(
    hardened(lab.image, "x", changes),
    network,
    paths,
    { ...MACHINE, ...machine },
    undefined,
  );
}

const mountAt = (target: string, from: RuntimeSpec) => from.mounts.find((one) => one.destination === target);

test("capabilities are cut to the machine's, and only uid 0 has them in effect", () => {
  const capabilities = ["KILL", "SYS_RESOURCE", "CHOWN"];
  const bounded = ["CAP_KILL", "CAP_CHOWN"];
  expect(spec({ capabilities }).process.capabilities).toEqual({
    bounding: bounded,
    permitted: [],
    effective: [],
    inheritable: [],
    ambient: [],
  });
  const root = { uid: 0, gid: 0, groups: [] };
  expect(spec({ capabilities, user: root }).process.capabilities).toMatchObject({
    bounding: bounded,
    permitted: bounded,
    effective: bounded,
  });
});

test("a joining process differs in nothing but its arguments", () => {
  const container = hardened(lab.image, "x", { env: new Map([["PATH", "/bin"]]) });
  const first = specProcess(container, MACHINE);
  expect(specProcess(container, MACHINE, ["/bin/id"])).toEqual({ ...first, args: ["/bin/id"] });
  expect(first.env).toEqual(["PATH=/bin", "HOSTNAME=app"]);
});

test.each<[string, Partial<Container>, StartOptions["network"], readonly unknown[]]>([
  ["all private", {}, { kind: "private" }, ["cgroup", "ipc", "mount", "network", "pid", "uts"]],
  [
    "host pid, ipc and uts",
    { pid: "host", ipc: "host", uts: "host" },
    { kind: "private" },
    ["cgroup", "mount", "network"],
  ],
  ["host network", {}, { kind: "host" }, ["cgroup", "ipc", "mount", "pid", "uts"]],
])("namespaces: %s", (_, changes, network, types) => {
  expect(
    spec(changes, {}, network)
      .linux.namespaces.map((one) => one.type)
      .sort(),
  ).toEqual(types);
});

test("a network namespace is joined by its path", () => {
  const { namespaces } = spec({}, {}, { kind: "join", network: "/proc/7/ns/net" }).linux;
  expect(namespaces).toContainEqual({ type: "network", path: "/proc/7/ns/net" });
});

test("limits: no swap on top of memory, where swap can be counted; no key without a limit", () => {
  const limits = { memory: 1024, pids: 7, cpus: 0.25, shmSize: 4096 };
  expect(spec({ limits }).linux.resources).toMatchObject({
    memory: { limit: 1024, swap: 1024 },
    pids: { limit: 7 },
    cpu: { quota: 25_000, period: 100_000 },
  });
  expect(spec({ limits }, { swapLimit: false }).linux.resources?.memory).toEqual({ limit: 1024 });
  const none = { memory: undefined, pids: undefined, cpus: undefined, shmSize: 4096 };
  expect(Object.keys(spec({ limits: none }).linux.resources ?? {})).toEqual(["devices"]);
  expect(mountAt("/dev/shm", spec({ limits }))?.options).toContain("size=4096");
});

test("devices: refused but for the harmless ones, or all of the host's", () => {
  expect(spec().linux.resources?.devices[0]).toEqual({ allow: false, access: "rwm" });
  const kmsg = {
    path: "/dev/kmsg",
    type: "c",
    major: 1,
    minor: 11,
    fileMode: 0o600,
    uid: 0,
    gid: 0,
  } as const;
  expect(spec({}, { devices: [kmsg] }).linux.devices).toEqual([]);
  const all = spec({ hostDevices: true }, { devices: [kmsg] });
  expect(all.linux.devices).toEqual([kmsg]);
  expect(all.linux.resources?.devices).toEqual([{ allow: true, access: "rwm" }]);
  expect([
    mountAt("/sys", spec())?.options,
    mountAt("/sys", spec({ hostDevices: true, systemPaths: "unconfined" }))?.options,
  ]).toEqual([expect.arrayContaining(["ro"]), expect.arrayContaining(["rw"])]);
});

test("system paths are masked and read-only, or not", () => {
  expect(spec().linux.maskedPaths).toContain("/proc/kcore");
  expect(spec().linux.readonlyPaths).toContain("/proc/sys");
  const open = spec({ systemPaths: "unconfined" }).linux;
  expect([open.maskedPaths, open.readonlyPaths]).toEqual([[], []]);
});

test("a first process that was asked for stands in front of the program, out of a file that nobody can write to", () => {
  const paths = { ...bundlePaths("/run/b", "/seaworthy/p/c"), init: "/host/tini" };
  const mounts: readonly Mount[] = [{ kind: "tmpfs", target: "/sbin", size: 5, mode: 0o755, exec: true }];
  const container = hardened(lab.image, "x", { mounts });
  const made = toRuntimeSpec(container, { kind: "private" }, paths, MACHINE, undefined);
  expect(made.process.args).toEqual(["/sbin/docker-init", "--", "/bin/sh", "-c", "x"]);
  expect(made.mounts.at(-1)).toMatchObject({ destination: "/sbin/docker-init", source: "/host/tini" });
  expect(made.mounts.at(-1)?.options).toContain("ro");
  expect(spec().process.args).toEqual(["/bin/sh", "-c", "x"]);
});

test("declared mounts: parents first, in place of the system's own at the same path", () => {
  const mounts: readonly Mount[] = [
    { kind: "secret", name: "s", source: "/s", target: "/run/secrets/s" },
    { kind: "tmpfs", target: "/run/", size: 5, mode: 0o755, exec: false },
    { kind: "bind", source: "/h", target: "/etc/hosts", readOnly: true },
    { kind: "volume", name: "v", source: "/v", target: "/v", readOnly: false },
    { kind: "tmpfs", target: "/x", size: undefined, mode: 0o700, exec: true },
  ];
  const made = spec({ mounts });
  const targets = made.mounts.map((one) => one.destination);
  expect(targets.indexOf("/run")).toBeLessThan(targets.indexOf("/run/secrets/s"));
  expect(new Set(targets).size).toBe(targets.length);
  expect(mountAt("/etc/hosts", made)?.source).toBe("/h");
  expect(mountAt("/run", made)?.options).toEqual(["nosuid", "nodev", "noexec", "mode=755", "size=5"]);
  expect(mountAt("/x", made)?.options).toEqual(["nosuid", "nodev", "mode=700"]);
  expect(mountAt("/run/secrets/s", made)?.options).toContain("ro");
  expect(mountAt("/v", made)?.options).toContain("rw");
});
