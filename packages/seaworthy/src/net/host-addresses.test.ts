import type { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { hostAddresses } from "./host-addresses.ts";

const one = (address: string, netmask: string, internal = false) =>
  ({ address, netmask, internal, family: "IPv4", mac: "", cidr: null }) as const;
const INTERFACES: ReturnType<typeof networkInterfaces> = {
  lo: [one("127.0.0.1", "255.0.0.0", true)],
  eth0: [one("192.0.2.7", "255.255.255.0"), { ...one("fd00::1", "ffff::"), family: "IPv6", scopeid: 0 }],
  bridge: [one("172.20.0.1", "255.255.0.0")],
};
const own = (text: string) => ({ text, bytes: text.split(".").map(Number) });
const texts = (...addresses: readonly string[]): readonly string[] =>
  hostAddresses(addresses.map(own), INTERFACES).map(({ text }) => text);

test("the machine's leg in a container's network is what the container sees of it", () => {
  expect(texts("172.20.3.4")).toEqual(["172.20.0.1"]);
  expect(texts("10.0.0.2", "192.0.2.9")).toEqual(["192.0.2.7"]);
});

test("who stands in no network of the machine's tries all of its addresses but loopback", () => {
  expect(texts("172.21.0.4")).toEqual(["192.0.2.7", "172.20.0.1"]);
  expect(texts()).toEqual(["192.0.2.7", "172.20.0.1"]);
  expect(hostAddresses([], {})).toEqual([]);
});
