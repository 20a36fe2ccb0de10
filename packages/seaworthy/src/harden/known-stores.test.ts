import { describe, expect, it } from "vitest";
import type { StackService } from "../engine/stack-service.ts";
import { withoutStorePorts } from "./known-stores.ts";
import { fakeService } from "./world.fixture.ts";

function publishing(name: string, ...targets: readonly number[]): StackService {
  const ports = targets.map((target) => ({ address: "0.0.0.0", published: target + 1, target }));
  return { ...fakeService(name), ports };
}

describe("ports of data stores", () => {
  it.each([
    ["PostgreSQL's", [5432], []],
    ["a web service's", [8000], [8000]],
    ["one of each", [5432, 8000], [5432, 8000]],
    ["none", [], []],
  ])("%s", (_, targets, left) => {
    const [service] = withoutStorePorts([publishing("x", ...targets)]);
    expect(service?.ports.map(({ target }) => target)).toEqual(left);
  });

  it("are exposed where nothing else says that it listens there", () => {
    const [bare, named] = withoutStorePorts([
      publishing("x", 5432, 5432),
      { ...publishing("y", 6379), expose: ["6000-7000"] },
    ]);
    expect([bare?.expose, named?.expose]).toEqual([["5432"], ["6000-7000"]]);
  });

  it("stay where a service lives in the machine's own network", () => {
    const services = [publishing("db", 5432), fakeService("app", { network: "host" })];
    expect(withoutStorePorts(services)).toEqual(services);
  });
});
