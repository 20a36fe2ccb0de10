/** The few rtnetlink requests that lay a bridge and its cables: so that no program for it need be on the machine. */

/** linux/netlink.h and linux/rtnetlink.h. */
const NEW_LINK = 16;
const NEW_ADDRESS = 20;
const REQUEST = 0x1;
const ACKNOWLEDGE = 0x4;
const EXCLUSIVE = 0x200;
const CREATE = 0x400;
const ERROR = 2;

/** linux/if_link.h, linux/if_addr.h, linux/veth.h. */
const LINK = { name: 3, master: 10, info: 18, processNamespace: 19 } as const;
const INFO = { kind: 1, data: 2 } as const;
const VETH_PEER = 1;
const ADDRESS = { address: 1, local: 2 } as const;

const AF_INET = 2;
const IFF_UP = 1;
const HEADER = 16;

/** The loopback is the first device of every network namespace. */
export const LOOPBACK = 1;

/** What the kernel answers to each of them. */
export const ACKNOWLEDGEMENT = 36;

/** @param index of the device, chosen by the caller: nobody need ask the kernel for it */
export function addBridge(index: number, name: string): Uint8Array {
  const info = attribute(LINK.info, attribute(INFO.kind, Buffer.from("bridge")));
  return request(NEW_LINK, CREATE | EXCLUSIVE, Buffer.concat([link(index, true), linkName(name), info]));
}

/** A cable: one end here, plugged into the bridge; the other in the network namespace of a process, still down. */
export function addCable(
  near: { readonly index: number; readonly name: string; readonly bridge: number },
  far: { readonly index: number; readonly name: string; readonly pid: number },
): Uint8Array {
  const peer = attribute(
    VETH_PEER,
    Buffer.concat([
      link(far.index, false),
      linkName(far.name),
      attribute(LINK.processNamespace, u32(far.pid)),
    ]),
  );
  const info = attribute(
    LINK.info,
    Buffer.concat([attribute(INFO.kind, Buffer.from("veth")), attribute(INFO.data, peer)]),
  );
  const master = attribute(LINK.master, u32(near.bridge));
  const body = Buffer.concat([link(near.index, true), linkName(near.name), master, info]);
  return request(NEW_LINK, CREATE | EXCLUSIVE, body);
}

export function bringUp(index: number): Uint8Array {
  return request(NEW_LINK, 0, link(index, true));
}

/** @param address IPv4 */
export function addAddress(index: number, address: string, prefix: number): Uint8Array {
  const bytes = Buffer.from(address.split(".").map(Number));
  const header = Buffer.alloc(8);
  header.writeUInt8(AF_INET, 0);
  header.writeUInt8(prefix, 1);
  header.writeUInt32LE(index, 4);
  const body = Buffer.concat([header, attribute(ADDRESS.local, bytes), attribute(ADDRESS.address, bytes)]);
  return request(NEW_ADDRESS, CREATE | EXCLUSIVE, body);
}

/** @returns the error's number, 0 when the request was carried out; `undefined` when it is no acknowledgement */
export function readAcknowledgement(message: Uint8Array): number | undefined {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (message.length < HEADER + 4 || view.getUint16(4, true) !== ERROR) return undefined;
  // Written as 0 - x: -0 is not the 0 that callers compare with.
  return 0 - view.getInt32(HEADER, true);
}

/** `struct ifinfomsg`. */
function link(index: number, isUp: boolean): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(index, 4);
  header.writeUInt32LE(isUp ? IFF_UP : 0, 8);
  header.writeUInt32LE(IFF_UP, 12);
  return header;
}

function linkName(name: string): Buffer {
  return attribute(LINK.name, Buffer.from(`${name}\0`));
}

/** `struct nlmsghdr`; one request at a time, so that none needs a number. */
function request(type: number, flags: number, body: Uint8Array): Uint8Array {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(HEADER + body.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(REQUEST | ACKNOWLEDGE | flags, 6);
  return Buffer.concat([header, body]);
}

/** `struct rtattr`, padded to four bytes; the length counts no padding. */
function attribute(type: number, value: Uint8Array): Buffer {
  const length = 4 + value.length;
  const bytes = Buffer.alloc(Math.ceil(length / 4) * 4);
  bytes.writeUInt16LE(length, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.set(value, 4);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
