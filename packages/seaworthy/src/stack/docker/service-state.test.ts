import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ContainerDetails } from "../../engine/docker/api-types.ts";
import type { ServiceState } from "../state.ts";
import { serviceState, stackState } from "./service-state.ts";

/** What real engines answered, cut down to the fields that are read. */
const recorded = JSON.parse(
  readFileSync(new URL("./recorded.fixture.json", import.meta.url), "utf8"),
) as Readonly<Record<string, Readonly<Record<string, ContainerDetails>>>>;

type Expected = Partial<ServiceState>;

const COMMON: Readonly<Record<string, Expected>> = {
  created: { status: "created", settled: false },
  running: { status: "running", settled: false, outOfMemory: false },
  exited: { status: "exited", exitCode: 3, settled: true },
  done: { status: "exited", exitCode: 0, settled: true },
  killed: { status: "exited", signal: "SIGKILL", settled: true },
  restarting: { status: "exited", exitCode: 4, settled: false },
  ports: {
    ports: [
      { address: "0.0.0.0", published: 18053, target: 53, protocol: "udp" },
      { address: "127.0.0.1", published: 18080, target: 80 },
    ],
  },
};
const DOCKER: Readonly<Record<string, Expected>> = {
  ...COMMON,
  healthy: { status: "healthy", settled: false },
  unhealthy: { status: "unhealthy", settled: false },
  late: { status: "unhealthy" },
  hog: { status: "exited", outOfMemory: true, settled: true },
  missing: {
    status: "exited",
    settled: true,
    failure: expect.stringContaining("/no-such-program") as string,
  },
};
const CASES = { "docker-20.10": DOCKER, "docker-26.1": DOCKER, "podman-4.3": COMMON };

describe.each(Object.entries(CASES))("%s", (engine, cases) => {
  const flavor = engine.startsWith("podman") ? "podman" : "docker";
  const view = { flavor, local: true } as const;
  const details = (name: string): ContainerDetails => {
    const found = recorded[engine]?.[name];
    if (found === undefined) throw new Error(`nothing was recorded of ${name}`);
    return found;
  };

  test.each(Object.entries(cases))("%s", (name, expected) =>
    expect(serviceState(details(name), view)).toMatchObject({ name, ...expected }),
  );

  test("only one that runs has a process and a network, and its number only means something here", () => {
    expect(serviceState(details("running"), view)).toMatchObject({
      pid: details("running").State.Pid,
      network: `container:${details("running").Id}`,
      image: { reference: "busybox:lab", digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as unknown },
    });
    expect(serviceState(details("running"), { flavor, local: false })).not.toHaveProperty("pid");
    expect(serviceState(details("exited"), view)).not.toHaveProperty("network");
  });

  test("times are there when they mean something", () => {
    const running = serviceState(details("running"), view);
    expect(running?.startedAt).toMatch(/^\d{4}-.*\.\d{3}Z$/);
    expect(running).not.toHaveProperty("finishedAt");
    expect(serviceState(details("exited"), view)?.finishedAt).toMatch(/Z$/);
    expect(serviceState(details("created"), view)).not.toHaveProperty("startedAt");
  });

  test("a project is up while one of its containers is", () => {
    const names = ["running", "exited", "created"];
    expect(stackState("rec", names.map(details), view)?.services.map(({ name }) => name)).toEqual([
      ...["created", "exited", "running"],
    ]);
    expect(stackState("rec", ["exited", "created"].map(details), view)).toBeUndefined();
    expect(stackState("rec", [], view)).toBeUndefined();
  });
});

test("results of a check, in time and late", () => {
  const view = { flavor: "docker", local: true } as const;
  const last = (engine: string, name: string) => {
    const details = recorded[engine]?.[name];
    return details === undefined ? undefined : serviceState(details, view)?.health.at(-1);
  };
  expect(last("docker-20.10", "healthy")).toMatchObject({ code: 0, timedOut: false, output: "fine\n" });
  expect(last("docker-20.10", "unhealthy")).toMatchObject({ code: 1, timedOut: false, output: "not yet\n" });
  expect(last("docker-20.10", "late")).toMatchObject({ code: undefined, timedOut: true });
  expect(last("docker-26.1", "late")).toMatchObject({ code: undefined, timedOut: true });
});

test("what is of no service has no state; further containers of one are numbered", () => {
  const view = { flavor: "docker", local: true } as const;
  const one = recorded["docker-20.10"]?.["running"];
  if (one === undefined) throw new Error("nothing was recorded");
  const labelled = (labels: Readonly<Record<string, string>> | null): ContainerDetails => ({
    ...one,
    Config: { ...one.Config, Labels: labels },
  });
  expect(serviceState(labelled(null), view)).toBeUndefined();
  const labels = { "com.docker.compose.service": "web", "com.docker.compose.container-number": "3" };
  expect(serviceState(labelled(labels), view)?.name).toBe("web-3");
  expect(serviceState(labelled({ ...labels, "com.docker.compose.oneoff": "True" }), view)).toBeUndefined();
});
