/** Addresses as the kernel takes them. */

export const AF_INET = 2;
export const AF_INET6 = 10;

/** `struct sockaddr_in` for four bytes, `sockaddr_in6` for sixteen; ip(7) and ipv6(7). */
export function socketAddress(address: readonly number[], port: number): Buffer {
  const isShort = address.length === 4;
  const bytes = Buffer.alloc(isShort ? 16 : 28);
  bytes.writeUInt16LE(isShort ? AF_INET : AF_INET6, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(address, isShort ? 4 : 8);
  return bytes;
}
