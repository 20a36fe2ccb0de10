/** IPv4 subnets for the networks of a stack: the ones the Compose file names, else private ones that the host does not use. */
import { Fault } from "../../fault/fault.ts";

export interface Subnet {
  /** As a number of 32 bits. */
  readonly base: number;
  readonly prefix: number;
}

/** RFC 1918, the one that Docker takes from first. */
const POOLS: readonly Subnet[] = ["172.16.0.0/12", "10.0.0.0/8", "192.168.0.0/16"].map((text) => {
  const subnet = parseSubnet(text);
  if (subnet === undefined) throw new TypeError(`expected a subnet, found ${text}`);
  return subnet;
});

/** Room for 253 services. */
const PREFIX = 24;

/** @returns `undefined` for anything but an IPv4 subnet in CIDR notation that has room for two */
export function parseSubnet(text: string): Subnet | undefined {
  const [, address = "", length = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const number = parseAddress(address);
  const prefix = Number(length);
  if (number === undefined || prefix < 1 || prefix > 30) return undefined;
  return { base: (number & mask(prefix)) >>> 0, prefix };
}

export function parseAddress(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((number, part) => number * 256 + Number(part), 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

export function contains({ base, prefix }: Subnet, address: number): boolean {
  return (address & mask(prefix)) >>> 0 === base;
}

/**
 * The host's addresses mean nothing inside a stack, and nothing inside should look like one of them.
 * @param taken by the host's routes and by other networks of the stack
 * @throws Fault `stack/no-subnet`
 */
export function freeSubnet(taken: readonly Subnet[]): Subnet {
  for (const pool of POOLS) {
    const end = pool.base + 2 ** (32 - pool.prefix);
    for (let base = pool.base; base < end; base += 2 ** (32 - PREFIX)) {
      const subnet = { base, prefix: PREFIX };
      if (!taken.some((other) => overlap(subnet, other))) return subnet;
    }
  }
  throw new Fault({
    code: "stack/no-subnet",
    message: "expected a private subnet that this machine has no route to, found none",
    hint: "Name a subnet under `networks: NAME: ipam`, or use a Docker Engine.",
    exit: 2,
  });
}

/**
 * @param table as /proc/net/route has it: addresses in hexadecimal, in the order of the machine's memory (proc(5))
 * @returns where there is a route to; the default route is to everywhere, and not among them
 */
export function parseRoutes(table: string): readonly Subnet[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((row) => {
      const [, destination = "", , , , , , netmask = ""] = row.split(/\s+/);
      const [base, bits] = [destination, netmask].map(littleEndian);
      if (base === undefined || bits === undefined || bits === 0) return [];
      return [{ base, prefix: bits.toString(2).replaceAll("0", "").length }];
    });
}

function littleEndian(hex: string): number | undefined {
  return /^[\dA-F]{8}$/i.test(hex) ? Buffer.from(hex, "hex").readUInt32LE() : undefined;
}

function overlap(one: Subnet, other: Subnet): boolean {
  return one.prefix <= other.prefix ? contains(one, other.base) : contains(other, one.base);
}

function mask(prefix: number): number {
  return (0xffffffff << (32 - prefix)) >>> 0;
}
