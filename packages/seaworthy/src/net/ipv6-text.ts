/** An IPv6 address as people write it. */

/** @param bytes sixteen, as the network has them. @returns the canonical form of RFC 5952, which URL knows */
export function ipv6Text(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, index) => Buffer.from(bytes).readUInt16BE(index * 2));
  return new URL(`http://[${groups.map((group) => group.toString(16)).join(":")}]`).hostname.slice(1, -1);
}
