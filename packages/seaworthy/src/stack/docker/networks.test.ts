import { expect, test } from "vitest";
import { toNetworkCreate } from "./networks.ts";

test("a network as the engine is asked for it", () => {
  const network = { name: "n", internal: true, external: false };
  expect(toNetworkCreate(network, {})).toEqual({
    ...{ Name: "n", CheckDuplicate: true, Driver: "bridge", Internal: true, Labels: {} },
  });
  const full = {
    ...network,
    driver: "macvlan",
    driverOptions: new Map([["a", "b"]]),
    subnets: ["10.9.0.0/24"],
    ipv6: true,
  };
  expect(toNetworkCreate(full, { x: "y" })).toMatchObject({
    ...{ Driver: "macvlan", Options: { a: "b" }, EnableIPv6: true, Labels: { x: "y" } },
    IPAM: { Config: [{ Subnet: "10.9.0.0/24" }] },
  });
});
