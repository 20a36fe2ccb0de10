/** The addresses of this machine, by which a container might reach what runs beside it. */
import { networkInterfaces } from "node:os";
import type { OwnAddress } from "./own-addresses.ts";

/**
 * Those in the networks that somebody stands in, or all others where there are none: loopback is nobody else's.
 * @param own addresses of whoever is to reach them
 */
export function hostAddresses(
  own: readonly OwnAddress[],
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): readonly OwnAddress[] {
  const all = Object.values(interfaces)
    .flatMap((ones) => ones ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address, netmask }) => ({ text: address, bytes: bytesOf(address), mask: bytesOf(netmask) }));
  const near = all.filter(({ bytes, mask }) =>
    own.some((one) => one.bytes.length === 4 && isSameNetwork(one.bytes, bytes, mask)),
  );
  return (near.length > 0 ? near : all).map(({ text, bytes }) => ({ text, bytes }));
}

function isSameNetwork(one: readonly number[], other: readonly number[], mask: readonly number[]): boolean {
  return mask.every((byte, index) => ((one[index] ?? 0) & byte) === ((other[index] ?? 0) & byte));
}

function bytesOf(address: string): readonly number[] {
  return address.split(".").map(Number);
}
