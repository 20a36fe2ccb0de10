import { expect, test } from "vitest";
import type { Container } from "../../engine/container.ts";
import type { StackService } from "../../engine/stack-service.ts";
import type { StackNetwork, StackSpec } from "../stack-spec.ts";
import { knownNames, planNetworks } from "./plan-networks.ts";
import { parseSubnet } from "./subnets.ts";

type Attachment = Partial<StackService["networks"][number]> & { readonly network: string };

function service(
  name: string,
  networks: readonly Attachment[],
  changes: Partial<StackService> & { readonly mode?: Container["network"]; readonly shares?: string } = {},
): StackService {
  const { mode = "private", shares, ...rest } = changes;
  const container = {
    name,
    network: mode,
    ...(shares === undefined ? {} : { extras: { shareNetwork: shares } }),
  };
  return {
    container: container as unknown as Container,
    networks: networks.map((one) => ({ aliases: [], ...one })),
    ...{ ports: [], healthCheck: undefined, restart: { policy: "no" }, dependsOn: [] },
    ...rest,
  };
}

function spec(services: readonly StackService[], subnets: Readonly<Record<string, string>> = {}): StackSpec {
  const networks = new Map(
    Object.entries(subnets).map(([key, subnet]): [string, StackNetwork] => [
      key,
      { name: key, internal: false, external: false, subnets: [subnet] },
    ]),
  );
  return { project: "p", files: [], services, networks, volumes: new Map() };
}

/** Addresses by service, and the names each knows. */
function planned(stack: StackSpec, routes: readonly string[] = []) {
  const plan = planNetworks(
    stack,
    routes.flatMap((route) => parseSubnet(route) ?? []),
  );
  return {
    places: Object.fromEntries(
      [...plan.services].map(([name, places]) => [name, places.map(({ address }) => address)]),
    ),
    names: Object.fromEntries(
      stack.services.map((one) => [one.container.name, Object.fromEntries(knownNames(one, stack, plan))]),
    ),
  };
}

test("services are known to those they share a network with, and to nobody else", () => {
  const { places, names } = planned(
    spec([
      service("web", [{ network: "front" }]),
      service("app", [{ network: "front" }, { network: "back" }]),
      service("db", [{ network: "back" }]),
    ]),
  );
  expect(places).toEqual({
    web: ["172.16.0.2"],
    app: ["172.16.0.3", "172.16.1.2"],
    db: ["172.16.1.3"],
  });
  expect(names).toEqual({
    web: { web: "172.16.0.2", app: "172.16.0.3" },
    app: { app: "172.16.0.3", web: "172.16.0.2", db: "172.16.1.3" },
    db: { db: "172.16.1.3", app: "172.16.1.2" },
  });
});

test("an alias is of one network, a container's name of all, and neither takes a service's name away", () => {
  const { names } = planned(
    spec([
      service(
        "a",
        [
          { network: "one", aliases: ["first", "b"] },
          { network: "two", aliases: ["second"] },
        ],
        {
          containerName: "the-a",
        },
      ),
      service("b", [{ network: "one" }]),
      service("c", [{ network: "two" }]),
    ]),
  );
  expect(names["b"]).toEqual({
    b: "172.16.0.3",
    a: "172.16.0.2",
    "the-a": "172.16.0.2",
    first: "172.16.0.2",
  });
  expect(names["c"]).toEqual({
    c: "172.16.1.3",
    a: "172.16.1.2",
    "the-a": "172.16.1.2",
    second: "172.16.1.2",
  });
});

test("one that names no network is in the default one; one without any is alone", () => {
  const { places, names } = planned(
    spec([
      service("a", []),
      service("b", [{ network: "default" }]),
      service("job", [], { mode: "none" }),
      service("agent", [], { mode: "host" }),
      service("sidecar", [], { shares: "service:a" }),
    ]),
  );
  expect(places).toEqual({ a: ["172.16.0.2"], b: ["172.16.0.3"], job: [] });
  expect(names["a"]).toEqual({ a: "172.16.0.2", b: "172.16.0.3" });
  expect(names["job"]).toEqual({});
  expect(names["agent"]).toEqual({});
});

test("subnets keep clear of the host's routes and of those that the file names", () => {
  const { places } = planned(
    spec([service("a", [{ network: "named" }, { network: "free" }])], { named: "172.17.0.0/16" }),
    ["172.16.0.0/16"],
  );
  expect(places["a"]).toEqual(["172.17.0.2", "172.18.0.2"]);
});

test("an address that is asked for is given, and others around it", () => {
  const stack = spec(
    [service("a", [{ network: "n" }]), service("b", [{ network: "n", ipv4Address: "10.9.0.2" }])],
    { n: "10.9.0.0/29" },
  );
  expect(planned(stack).places).toEqual({ a: ["10.9.0.3"], b: ["10.9.0.2"] });
});

test.each([
  ["the gateway's", "10.9.0.1"],
  ["the network's own", "10.9.0.0"],
  ["the broadcast address", "10.9.0.7"],
  ["one of elsewhere", "10.9.0.9"],
  ["none at all", "10.9.0"],
])("%s is refused", (_, ipv4Address) => {
  const stack = spec([service("a", [{ network: "n", ipv4Address }])], { n: "10.9.0.0/29" });
  expect(() => planned(stack)).toThrow(expect.objectContaining({ code: "stack/address" }));
});

test("an address that two ask for, and one more service than there is room for, are refused", () => {
  const twice = ["a", "b"].map((name) => service(name, [{ network: "n", ipv4Address: "10.9.0.2" }]));
  const many = ["a", "b", "c"].map((name) => service(name, [{ network: "n" }]));
  for (const [services, subnet] of [
    [twice, "10.9.0.0/29"],
    [many, "10.9.0.0/30"],
  ] as const) {
    expect(() => planned(spec(services, { n: subnet }))).toThrow(
      expect.objectContaining({ code: "stack/address" }),
    );
  }
});

test.each([
  ["an IPv6 address", { ipv6Address: "fd00::2" }, {}, "stack/ipv6"],
  ["a subnet without room", {}, { n: "10.9.0.0/32" }, "stack/subnet"],
])("%s is refused", (_, changes, subnets, code) => {
  const stack = spec([service("a", [{ network: "n", ...changes }])], subnets);
  expect(() => planned(stack)).toThrow(expect.objectContaining({ code }));
});

test("a network is shared with a service that is there, and not in a circle", () => {
  const lost = service("lost", [], { shares: "service:nobody" });
  const circle = [service("a", [], { shares: "service:b" }), service("b", [], { shares: "service:a" })];
  for (const services of [[lost], circle]) {
    expect(() => planned(spec(services))).toThrow(expect.objectContaining({ code: "stack/shared-network" }));
  }
  const chain = [
    service("a", []),
    service("b", [], { shares: "service:a" }),
    service("c", [], { shares: "service:b" }),
  ];
  expect(Object.keys(planned(spec(chain)).places)).toEqual(["a"]);
});
