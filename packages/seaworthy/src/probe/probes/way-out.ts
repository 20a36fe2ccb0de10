/** Asks the kernel for a route out. Connecting a UDP socket looks the route up and sends nothing. */
import { privateNetwork } from "../../posture/controls/private-network.ts";
import { succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DGRAM = 2;
const PORT = 9;

/** RFC 5737 and RFC 3849 addresses for documentation, and where clouds keep a machine's credentials. */
const DESTINATIONS: readonly (readonly [name: string, address: readonly number[]])[] = [
  ["192.0.2.1", [192, 0, 2, 1]],
  ["169.254.169.254", [169, 254, 169, 254]],
  ["2001:db8::1", [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
];

export const wayOut: Probe = {
  id: "way-out",
  control: privateNetwork,
  as: "declared",
  inNetwork: true,
  async attempt({ attacker }) {
    const reached: string[] = [];
    for (const [name, address] of DESTINATIONS) {
      const family = address.length === 4 ? AF_INET : AF_INET6;
      const made = await attacker.quietly("socket", [family, SOCK_DGRAM, 0]);
      if (!succeeded(made)) continue;
      const where = socketAddress(family, address);
      const connected = await attacker.call(`connect(UDP ${name})`, "connect", [
        made.value,
        where,
        where.length,
      ]);
      if (succeeded(connected)) reached.push(name);
      await attacker.quietly("close", [made.value]);
    }
    if (reached.length === 0)
      return attacker.refused({
        en: "no address outside has a route",
        ru: "ни к одному внешнему адресу нет маршрута",
      });
    return attacker.breached({
      en: `there is a route to ${reached.join(", ")}`,
      ru: `есть маршрут к ${reached.join(", ")}`,
    });
  },
};

/** `struct sockaddr_in` and `sockaddr_in6`, ip(7) and ipv6(7). */
function socketAddress(family: number, address: readonly number[]): Uint8Array {
  const isShort = family === AF_INET;
  const bytes = Buffer.alloc(isShort ? 16 : 28);
  bytes.writeUInt16LE(family, 0);
  bytes.writeUInt16BE(PORT, 2);
  bytes.set(address, isShort ? 4 : 8);
  return bytes;
}
