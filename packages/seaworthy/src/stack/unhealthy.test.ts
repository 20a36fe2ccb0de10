import { expect, test } from "vitest";
import { type ServiceState, type StackState, waitedInVain } from "./state.ts";
import { unhealthyFault } from "./unhealthy.ts";

const service = (name: string, changes: Partial<ServiceState>): ServiceState => ({
  ...{
    name,
    status: "running",
    image: { reference: "", digest: "" },
    ports: [],
    outOfMemory: false,
    restarts: 0,
  },
  ...{ settled: false, health: [] },
  ...changes,
});
const stack = (...services: readonly ServiceState[]): StackState => ({
  ...{ project: "myapp", engine: "docker", declared: undefined, startedAt: "" },
  services,
});
const lines = (): Promise<readonly string[]> => Promise.resolve(["1", "2", "3", "4", "5", "6"]);

test("the one that is at fault is named, before those that waited for it", async () => {
  const inVain = (name: string): Partial<ServiceState> => ({
    ...{ status: "exited", settled: true },
    failure: waitedInVain(name, "healthy"),
  });
  const fault = await unhealthyFault(
    stack(
      service("web", inVain("app")),
      service("app", inVain("db")),
      service("db", { status: "unhealthy" }),
    ),
    lines,
  );
  expect(fault.message).toMatch(/^expected service "db" to become healthy/);
  const alone = await unhealthyFault(stack(service("app", inVain("db"))), lines);
  expect(alone.message).toMatch(/^expected service "app" .* it depends on "db"/);
});

test.each<[string, Partial<ServiceState>]>([
  ["unhealthy", { status: "unhealthy" }],
  ["created", { status: "created" }],
  ["ended with code 3", { status: "exited", settled: true, exitCode: 3 }],
  [
    "ended with SIGKILL (out of memory)",
    { status: "exited", settled: true, signal: "SIGKILL", outOfMemory: true },
  ],
  ["not started: no such program", { status: "exited", settled: true, failure: "no such program" }],
])("a service is found %s", async (found, changes) => {
  const fault = await unhealthyFault(stack(service("db", {}), service("app", changes)), lines);
  expect(fault).toMatchObject({
    code: "stack/unhealthy",
    exit: 2,
    message: `expected service "app" to become healthy, found it ${found}`,
    hint: "Its last words: 2 | 3 | 4 | 5 | 6\nSee `seaworthy logs app`.",
  });
});

test("what the check said comes first, and a log that cannot be read is no problem", async () => {
  const result = { startedAt: "", finishedAt: "", code: 1, timedOut: false, output: "no database\n" };
  const state = stack(service("app", { status: "unhealthy", health: [result] }));
  const fault = await unhealthyFault(state, () => Promise.reject(new Error("gone")));
  expect(fault.hint).toBe("Its health check said: no database\nSee `seaworthy logs app`.");
});
