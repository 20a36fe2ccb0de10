/** What a stack gets where no networks can be made: one namespace for all, and a refusal where that would join too much. */
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Container } from "../../engine/container.ts";
import { whyNoNetworks } from "../../engine/runc/networks.ts";
import type { StackService } from "../../engine/stack-service.ts";
import type { StackSpec } from "../stack-spec.ts";
import { planNetworks } from "./plan-networks.ts";
import { stackNetworks } from "./stack-networks.ts";

const arch = Object.getOwnPropertyDescriptor(process, "arch");
beforeEach(() => Object.defineProperty(process, "arch", { ...arch, value: "riscv64" }));
afterEach(() => Object.defineProperty(process, "arch", { ...arch }));

function service(
  name: string,
  networks: readonly string[],
  container: Partial<Container> = {},
): StackService {
  return {
    container: { name, network: "private", ...container } as Container,
    networks: networks.map((network) => ({ network, aliases: [`${name}-too`] })),
    ...{ ports: [], healthCheck: undefined, restart: { policy: "no" }, dependsOn: [] },
  };
}

function networksOf(services: readonly StackService[]) {
  const spec: StackSpec = { project: "p", files: [], services, networks: new Map(), volumes: new Map() };
  return stackNetworks(spec, planNetworks(spec, []), { host: "/host", folder: tmpdir() });
}

test("the reason is told", async () => {
  expect(await whyNoNetworks(tmpdir())).toMatch(/no program for riscv64/);
});

test("services that share a network share one namespace, and find each other on its loopback", async () => {
  const [app, db] = [service("app", ["a", "b"]), service("db", ["b"])];
  const job = service("job", [], { network: "none" });
  const agent = service("agent", [], { network: "host" });
  const sidecar = service("sidecar", [], { extras: { shareNetwork: "service:agent" } });
  await using networks = await networksOf([app, db, job, agent, sidecar]);
  const pod = `/proc/${process.pid}/ns/net`;
  const hosts = new Map(["app", "app-too", "db", "db-too"].map((name) => [name, "127.0.0.1"]));
  for (const one of [app, db]) {
    expect(networks.of(one)).toEqual({
      start: { network: { kind: "join", network: pod }, hosts },
      ...{ handle: pod, address: "127.0.0.1" },
    });
  }
  expect(networks.of(job).start).toEqual({ network: { kind: "private" } });
  expect(networks.of(agent).start).toEqual({ network: { kind: "join", network: "/host" } });
  expect(networks.of(sidecar).start).toEqual({ network: { kind: "join", network: "/host" } });
});

test("services that the file keeps apart are not joined", async () => {
  await expect(networksOf([service("app", ["a"]), service("db", ["b"])])).rejects.toMatchObject({
    code: "stack/separate-networks",
    message: expect.stringMatching(/app and db apart.*riscv64/) as string,
  });
});
