import { expect, test } from "vitest";
import { CAPABILITIES } from "../../recipe/capabilities.ts";
import type { EngineInfo } from "./api-types.ts";
import { boundingSet, type FactSources, toFacts } from "./facts.ts";

const INFO: EngineInfo = {
  CgroupVersion: "2",
  SecurityOptions: ["name=seccomp,profile=builtin", "name=cgroupns"],
  MemoryLimit: true,
  SwapLimit: true,
  PidsLimit: true,
  CpuCfsQuota: true,
};

const SOURCES: FactSources = {
  version: { Version: "26.1.5+dfsg1", ApiVersion: "1.45", KernelVersion: "6.1.0", Arch: "amd64" },
  info: INFO,
  flavor: "docker",
  local: true,
  machine: ["CHOWN", "BPF"],
};

test("an engine that can do everything", () => {
  expect(toFacts(SOURCES)).toEqual({
    engine: "docker",
    version: "Docker 26.1.5",
    kernel: "6.1.0",
    architecture: "amd64",
    cgroup: "v2",
    capabilities: ["CHOWN", "BPF"],
    local: true,
    rootless: false,
    unable: new Map(),
  });
});

test("an older Docker does not know the youngest capabilities; Podman does", () => {
  const version = { ...SOURCES.version, ApiVersion: "1.41" };
  expect(toFacts({ ...SOURCES, version }).capabilities).toEqual(["CHOWN"]);
  expect(toFacts({ ...SOURCES, version, flavor: "podman" })).toMatchObject({
    version: "Podman 26.1.5",
    capabilities: ["CHOWN", "BPF"],
  });
});

test.each<[string, Partial<EngineInfo>, string]>([
  ["memory", { MemoryLimit: false }, "memory"],
  ["swap", { SwapLimit: false }, "swap"],
  ["pids", { PidsLimit: false }, "pids"],
  ["cpus", { CpuCfsQuota: false }, "cpus"],
  ["seccomp", { SecurityOptions: ["name=cgroupns"] }, "seccomp"],
  ["seccomp, nothing said", { SecurityOptions: null }, "seccomp"],
])("what it cannot enforce is said: %s", (_, info, name) => {
  expect([...toFacts({ ...SOURCES, info: { ...INFO, ...info } }).unable.keys()]).toEqual([name]);
});

test.each<Partial<EngineInfo>>([{ SecurityOptions: ["name=seccomp", "name=rootless"] }, { Rootless: true }])(
  "rootless: %j",
  (info) => {
    const facts = toFacts({ ...SOURCES, info: { ...INFO, ...info } });
    expect([facts.rootless, facts.capabilities]).toEqual([true, CAPABILITIES]);
  },
);

test("the bounding set of a process", () => {
  expect(boundingSet("Name:\tx\nCapBnd:\t0000000000000401\n")).toEqual(["CHOWN", "NET_BIND_SERVICE"]);
  expect(boundingSet("CapBnd:\t000001ffffffffff\n")).toEqual(CAPABILITIES);
  expect(boundingSet("")).toEqual(CAPABILITIES);
});
