import { expect, test } from "vitest";
import type { ServiceDependency, StackService } from "../../engine/stack-service.ts";
import type { ServiceState } from "../state.ts";
import { startInOrder } from "./sequence.ts";

const service = (name: string, ...dependsOn: readonly ServiceDependency[]): StackService =>
  ({ container: { name }, dependsOn }) as unknown as StackService;
const needs = (name: string, condition: ServiceDependency["condition"], more = {}): ServiceDependency => ({
  service: name,
  condition,
  ...more,
});

/** A stack in which nothing happens by itself. */
function stage(services: readonly StackService[]) {
  const states = new Map<string, Partial<ServiceState>>(
    services.map(({ container }) => [container.name, { status: "created" }]),
  );
  const events: string[] = [];
  let tell: (() => void)[] = [];
  const set = async (name: string, state: Partial<ServiceState>): Promise<void> => {
    states.set(name, state);
    for (const one of tell.splice(0)) one();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const running = startInOrder(services, {
    state: (name) => states.get(name) as ServiceState,
    changed: () => new Promise((resolve) => tell.push(resolve)),
    giveUp(name, reason) {
      events.push(`${name}: ${reason}`);
      void set(name, { status: "exited", settled: true, failure: reason });
    },
    start(name) {
      events.push(name);
      return Promise.resolve();
    },
  });
  return { events, set, running };
}

test("each starts when all it needs is as it should be", async () => {
  const app = service("app", needs("db", "healthy"), needs("setup", "completed"), needs("vpn", "started"));
  const { events, set, running } = stage([app, service("db"), service("setup"), service("vpn")]);
  expect(events).toEqual(["db", "setup", "vpn"]);
  await set("db", { status: "starting", network: "container:1" });
  await set("setup", { status: "exited", settled: true, exitCode: 0 });
  await set("db", { status: "healthy", network: "container:1" });
  expect(events).toHaveLength(3);
  // Started is enough, also on a machine whose process numbers are not seen.
  await set("vpn", { status: "starting", network: "container:2" });
  await running;
  expect(events[3]).toBe("app");
});

test("one that needs what will not be is given up, and so is what needs it", async () => {
  const app = service("app", needs("db", "healthy"));
  const { events, set, running } = stage([service("web", needs("app", "started")), app, service("db")]);
  await set("db", { status: "unhealthy", network: "container:1" });
  await running;
  expect(events).toEqual([
    "db",
    'app: it depends on "db", which did not become healthy',
    'web: it depends on "app", which did not become started',
  ]);
});

test("an optional one that fails keeps nobody from starting", async () => {
  const app = service("app", needs("metrics", "healthy", { required: false }));
  const { events, set, running } = stage([app, service("metrics")]);
  await set("metrics", { status: "exited", settled: true, failure: "no such program" });
  await running;
  expect(events).toEqual(["metrics", "app"]);
});
