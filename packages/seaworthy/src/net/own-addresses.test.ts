import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { ipv4Addresses, ipv6Addresses, ownAddresses } from "./own-addresses.ts";

const TRIE = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 172.18.0.0/16 2 0 2
        |-- 172.18.0.0
           /16 link UNICAST
Local:
  +-- 0.0.0.0/0 3 0 5
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.1
           /32 host LOCAL
     +-- 172.18.0.0/16 2 0 2
        |-- 172.18.0.2
           /32 host LOCAL
        |-- 172.18.255.255
           /32 link BROADCAST
`;

test("each of IPv4 once, without loopback, networks and broadcasts", () => {
  expect(ipv4Addresses(`${TRIE}${TRIE}`)).toEqual([{ text: "172.18.0.2", bytes: [172, 18, 0, 2] }]);
});

test("of IPv6 those that are valid beyond the link", () => {
  const table = [
    "00000000000000000000000000000001 01 80 10 80       lo",
    "fe800000000000000042acfffe120002 02 40 20 80     eth0",
    "fd000000000000000000000000000002 02 40 00 80     eth0",
    "",
  ].join("\n");
  const bytes = [0xfd, ...Array.from({ length: 14 }, () => 0), 2];
  expect(ipv6Addresses(table)).toEqual([{ text: "fd00::2", bytes }]);
});

test("of this process they are at least what the system says of the devices that are up", async () => {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const known = all.filter(({ internal, address }) => !internal && !address.startsWith("fe80:"));
  const found = await ownAddresses(process.pid);
  expect(found.map(({ text }) => text)).toEqual(expect.arrayContaining(known.map(({ address }) => address)));
});

test("nobody has none", async () => {
  expect(await ownAddresses(2 ** 22 + 1)).toEqual([]);
});
