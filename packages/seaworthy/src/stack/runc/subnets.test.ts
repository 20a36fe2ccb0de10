import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { contains, formatAddress, freeSubnet, parseAddress, parseRoutes, parseSubnet } from "./subnets.ts";

const subnet = (text: string) => {
  const parsed = parseSubnet(text);
  if (parsed === undefined) throw new Error(`expected a subnet, found ${text}`);
  return parsed;
};
const show = ({ base, prefix }: { base: number; prefix: number }): string =>
  `${formatAddress(base)}/${prefix}`;

test("an address is read as it is written", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(octet, octet, octet, octet, (...parts) => {
      const address = parseAddress(parts.join("."));
      expect(address === undefined ? undefined : formatAddress(address)).toBe(parts.join("."));
    }),
  );
});

test.each([
  ["10.1.2.3/8", "10.0.0.0/8"],
  ["192.168.7.9/30", "192.168.7.8/30"],
  ["255.255.255.0/24", "255.255.255.0/24"],
  ["128.0.0.0/1", "128.0.0.0/1"],
])("%s is the subnet %s", (text, shown) => expect(show(subnet(text))).toBe(shown));

test.each([
  "",
  "10.0.0.0",
  "10.0.0/8",
  "10.0.0.256/8",
  "10.0.0.0/33",
  "10.0.0.0/31",
  "10.0.0.0/0",
  "fd00::/64",
  "10.0.0.0/8/8",
])("%j is no subnet for a network", (text) => expect(parseSubnet(text)).toBeUndefined());

test.each<[string, readonly string[], string]>([
  ["nothing taken", [], "172.16.0.0/24"],
  ["a smaller one inside", ["172.16.0.64/26"], "172.16.1.0/24"],
  ["a larger one around", ["172.16.0.0/13"], "172.24.0.0/24"],
  ["the first pool", ["172.16.0.0/12"], "10.0.0.0/24"],
  ["two pools", ["172.0.0.0/8", "10.0.0.0/8"], "192.168.0.0/24"],
])("with %s, the first free one is found", (_, taken, free) => {
  expect(show(freeSubnet(taken.map(subnet)))).toBe(free);
});

test("a machine with routes to every private address has none free", () => {
  const taken = ["172.16.0.0/12", "10.0.0.0/8", "192.168.0.0/16"].map(subnet);
  expect(() => freeSubnet(taken)).toThrow(expect.objectContaining({ code: "stack/no-subnet" }));
});

const hasIp = spawnSync("ip", ["-V"]).status === 0;

test.skipIf(!hasIp)("the kernel's table says what `ip route` says (needs iproute2)", () => {
  const routes = JSON.parse(execFileSync("ip", ["-4", "-json", "route"]).toString()) as {
    readonly dst: string;
  }[];
  const shown = routes
    .map(({ dst }) => (dst.includes("/") ? dst : `${dst}/32`))
    .filter((dst) => dst !== "default/32");
  expect(parseRoutes(readFileSync("/proc/net/route", "utf8")).map(show).toSorted()).toEqual(shown.toSorted());
});

test("what is no table has no routes", () => {
  for (const table of ["", "Iface\n", "Iface\tDestination\neth0\tzz\t00\n", "x\neth0 0000A8C0 0 0 0 0 0\n"]) {
    expect(parseRoutes(table)).toEqual([]);
  }
});

test("an address is in one half of a subnet or in the other", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (address) => {
      expect(contains(subnet("0.0.0.0/1"), address)).not.toBe(contains(subnet("128.0.0.0/1"), address));
    }),
  );
});
