/** Asks the kernel for a route out. Connecting a UDP socket looks the route up and sends nothing. */
import { privateNetwork } from "../../posture/controls/private-network.ts";
import { succeeded } from "../attacker.ts";
import type { Probe } from "../probe.ts";
import { AF_INET, AF_INET6, socketAddress } from "../socket-address.ts";

const SOCK_DGRAM = 2;
const PORT = 9;

/** RFC 5737 and RFC 3849 addresses for documentation, and where clouds keep the credentials of machines and containers. */
const DESTINATIONS: readonly (readonly [name: string, address: readonly number[]])[] = [
  ["192.0.2.1", [192, 0, 2, 1]],
  ["169.254.169.254", [169, 254, 169, 254]],
  ["169.254.170.2", [169, 254, 170, 2]],
  ["100.100.100.200", [100, 100, 100, 200]],
  ["2001:db8::1", [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  ["fd00:ec2::254", [0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54]],
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
      const where = socketAddress(address, PORT);
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
