import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Fault } from "../fault/fault.ts";
import type { ServiceStats, StackRuntime } from "../stack/stack-runtime.ts";
import type { StackSpec } from "../stack/stack-spec.ts";
import type { ServiceState, StackState } from "../stack/state.ts";
import { tryOutOn } from "./try-out.ts";
import { fakeService } from "./world.fixture.ts";

const LONG_AGO = "2026-01-01T00:00:00Z";

/** An engine that only remembers what it was told, and on which a service is as `status` says. */
function fakeRuntime(
  status: (service: string) => Partial<ServiceState>,
  stopsLate: () => boolean = () => false,
): {
  readonly runtime: StackRuntime;
  readonly told: string[];
  readonly specs: StackSpec[];
} {
  const told: string[] = [];
  const specs: StackSpec[] = [];
  const stateOf = (spec: StackSpec): StackState => ({
    ...{ project: spec.project, engine: "docker", declared: undefined, startedAt: LONG_AGO },
    services: spec.services.map(({ container, ports }) => ({
      ...{ name: container.name, status: "running", image: { reference: "x", digest: "y" }, ports },
      ...{ outOfMemory: false, restarts: 0, startedAt: LONG_AGO, settled: false, health: [] },
      ...status(container.name),
    })),
  });
  const runtime: Partial<StackRuntime> = {
    engine: {
      facts: () => Promise.resolve({ local: false, rootless: false }),
    } as unknown as StackRuntime["engine"],
    start(spec) {
      told.push("start");
      specs.push(spec);
      return Promise.resolve({
        ...{ project: spec.project, state: () => stateOf(spec) },
        waitHealthy: () => Promise.resolve(stateOf(spec)),
        isWatched: () => Promise.resolve(true),
        release: () => undefined,
        [Symbol.asyncDispose]: () => {
          told.push("dispose");
          return Promise.resolve();
        },
      });
    },
    stop(project, { volumes = [] }) {
      told.push(`stop ${project} ${volumes.join()}`.trim());
      return Promise.resolve(true);
    },
    bounce(_, service) {
      told.push(`restart ${service}`);
      return Promise.resolve({ code: 0, signal: undefined, took: 1, late: stopsLate() });
    },
    exec: () =>
      Promise.resolve({
        ...{ code: 0, stderr: Buffer.of(), timedOut: false },
        stdout: Buffer.from("Name:\tx\nUid:\t0\t999\t999\t999\nGid:\t0\t998\t998\t998\nGroups:\t5 6 \n"),
      }),
    stats: (): Promise<readonly ServiceStats[]> =>
      Promise.resolve([
        {
          service: "db",
          cpuTime: 1,
          memory: 10,
          memoryLimit: undefined,
          processes: 3,
          processLimit: undefined,
        },
      ]),
    changes: () =>
      Promise.resolve([
        { path: "/run/x", kind: "added" },
        { path: "/gone", kind: "deleted" },
      ]),
    insideListeners: () =>
      Promise.resolve([
        { address: "0.0.0.0", port: 80 },
        { address: "127.0.0.11", port: 4000 },
      ]),
    async *logs() {
      yield { service: "db", time: LONG_AGO, stream: "stderr", text: "last words" };
    },
  };
  return { runtime: runtime as StackRuntime, told, specs };
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "try-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const volume = { kind: "volume", name: "p_data", source: "/x", target: "/data", readOnly: false } as const;
const db = fakeService("db", { mounts: [volume] });
const spec: StackSpec = { project: "p", files: [], services: [db], networks: new Map(), volumes: new Map() };
const options = { freePort: () => Promise.resolve(1) };

describe("trying out on an engine", () => {
  it("starts a copy with data of its own, stops and starts each service, looks, and removes all of it", async () => {
    const { runtime, told, specs } = fakeRuntime(() => ({}));
    const outcomes = await tryOutOn(spec, { runtime, folder, workDirectory: folder, ...options })([db]);
    expect(outcomes.get("db")).toEqual({
      ...{
        worked: true,
        problem: "",
        isUnhealthy: false,
        log: ["last words"],
        writes: ["/run/x"],
        listens: [80],
        // The first that is tried, for all of them pass here.
        check: ["python3", "-c", expect.stringContaining('"127.0.0.1", 80') as string],
      },
      users: [{ uid: 999, gid: 998, groups: [5, 6] }],
      usage: expect.objectContaining({ memory: 10, processes: 3 }),
    });
    const removal = "stop p-Trial p-Trial_p_data";
    expect(told).toEqual([removal, "start", "restart db", "dispose", removal]);
    expect(specs[0]?.services[0]?.container.mounts).toEqual([
      { ...volume, name: "p-Trial_p_data", source: join(folder, "p_data") },
    ]);
  });

  it("tells why a service did not come up", async () => {
    const ended = { status: "exited", settled: true, exitCode: 1 } as const;
    const { runtime, told } = fakeRuntime(() => ended);
    const outcome = (await tryOutOn(spec, { runtime, folder, workDirectory: folder, ...options })([db])).get(
      "db",
    );
    expect(outcome).toMatchObject({ worked: false, problem: "ended with exit code 1", log: ["last words"] });
    expect(told).not.toContain("restart db");
  });

  it("is not content with less than the service did at first", async () => {
    let status: Partial<ServiceState> = {};
    const { runtime } = fakeRuntime(() => status);
    const tryOut = tryOutOn(spec, { runtime, folder, workDirectory: folder, ...options });
    expect((await tryOut([db])).get("db")?.worked).toBe(true);
    status = { status: "exited", settled: true, exitCode: 0 };
    expect((await tryOut([db])).get("db")).toMatchObject({
      worked: false,
      problem: "ended, where it should go on",
    });
    status = {};
    const silent: StackRuntime = { ...runtime, insideListeners: () => Promise.resolve([]) };
    const again = tryOutOn(spec, { runtime: silent, folder, workDirectory: folder, ...options });
    expect((await again([db])).get("db")?.worked).toBe(true);
  });

  it("is not content when the service must be killed, where it used to end by itself", async () => {
    let late = false;
    const { runtime } = fakeRuntime(
      () => ({}),
      () => late,
    );
    const tryOut = tryOutOn(spec, { runtime, folder, workDirectory: folder, ...options });
    await tryOut([db]);
    late = true;
    expect((await tryOut([db])).get("db")).toMatchObject({
      worked: false,
      problem: expect.stringContaining("does not end in time") as string,
    });
  });

  it("takes a service as it is that has always had to be killed", async () => {
    const { runtime } = fakeRuntime(
      () => ({}),
      () => true,
    );
    const tryOut = tryOutOn(spec, { runtime, folder, workDirectory: folder, ...options });
    await tryOut([db]);
    expect((await tryOut([db])).get("db")?.worked).toBe(true);
  });

  it("takes an engine's refusal for an answer, but not the first time, and removes what there is", async () => {
    const { runtime, told } = fakeRuntime(() => ({}));
    let refuses = true;
    const refusing: StackRuntime = {
      ...runtime,
      start: (...args) =>
        refuses ? Promise.reject(new Fault({ code: "docker/x", message: "no" })) : runtime.start(...args),
    };
    const tryOut = tryOutOn(spec, { runtime: refusing, folder, workDirectory: folder, ...options });
    await expect(tryOut([db])).rejects.toMatchObject({ code: "docker/x" });
    refuses = false;
    await tryOut([db]);
    refuses = true;
    expect((await tryOut([db])).get("db")).toMatchObject({ worked: false, problem: "no" });
    expect(told.at(-1)).toBe("stop p-Trial p-Trial_p_data");
  });

  it("removes the copy when it is told to stop", async () => {
    const abort = new AbortController();
    const { runtime, told } = fakeRuntime(() => ({ status: "starting" }));
    const trial = tryOutOn(spec, {
      runtime,
      folder,
      workDirectory: folder,
      ...options,
      signal: abort.signal,
    })([db]);
    abort.abort(new Error("enough"));
    await expect(trial).rejects.toThrow("enough");
    expect(told.slice(-1)).toEqual(["stop p-Trial p-Trial_p_data"]);
  });
});
