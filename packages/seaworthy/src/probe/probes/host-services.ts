/**
 * Knocks at the machine itself from where the service stands: at its addresses in the service's networks, where engines put
 * one also in networks without a way out. A closed port that answers has been reached; nothing is said.
 */
import { hostAddresses } from "../../net/host-addresses.ts";
import { ipv4Addresses } from "../../net/own-addresses.ts";
import { privateNetwork } from "../../posture/controls/private-network.ts";
import { CONNECTED, connectAll } from "../connect-all.ts";
import type { Probe } from "../probe.ts";

/** `discard`: hardly anybody listens there, and who does throws away what comes. */
const PORT = 9;
const MOST_ADDRESSES = 16;
/** An option of Docker's bridge networks. For IPv4 the same as gateway mode `isolated` of Engine 28: moby/moby#49262. */
export const INHIBIT_ADDRESS = "com.docker.network.bridge.inhibit_ipv4";
const ANSWERS = new Set([CONNECTED, "ECONNREFUSED", "ECONNRESET"]);

export const hostServices: Probe = {
  id: "host-services",
  control: privateNetwork,
  claim: {
    en: "What listens on this machine is out of reach",
    ru: "То, что слушает на самой машине, недоступно",
  },
  fix: {
    en: `internal: true, and driver_opts: { ${INHIBIT_ADDRESS}: "true" }, for each of its networks`,
    ru: `internal: true и driver_opts: { ${INHIBIT_ADDRESS}: "true" } для каждой его сети`,
  },
  as: "declared",
  inNetwork: true,
  async attempt({ attacker }) {
    const trie = await attacker.readFile("/proc/self/net/fib_trie");
    const own = typeof trie === "string" ? [] : ipv4Addresses(trie.toString("utf8"));
    const addresses = hostAddresses(own).slice(0, MOST_ADDRESSES);
    if (addresses.length === 0)
      return attacker.absent({
        en: "this machine has no address but loopback",
        ru: "у этой машины нет адресов, кроме loopback",
      });
    const tried = await connectAll(
      attacker.quietly,
      addresses.map((address) => ({ address, port: PORT })),
    );
    for (const { address, saw } of tried) attacker.note(`connect(TCP ${address}:${PORT})`, saw);
    const reached = tried.filter(({ saw }) => ANSWERS.has(saw)).map(({ address }) => address);
    if (reached.length === 0)
      return attacker.refused({
        en: `no answer of ${tried.map(({ address }) => address).join(", ")}`,
        ru: `не отвечает ни один из адресов: ${tried.map(({ address }) => address).join(", ")}`,
      });
    return attacker.breached({
      en: `the machine answers at ${reached.join(", ")}: every port open there is within reach`,
      ru: `машина отвечает по адресам ${reached.join(", ")}: доступен каждый открытый там порт`,
    });
  },
};
