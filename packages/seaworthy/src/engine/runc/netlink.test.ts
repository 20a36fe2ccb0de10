/** The layout of the requests; that the kernel takes them is shown by the networks of stacks. */
import { expect, test } from "vitest";
import { addAddress, addBridge, addCable, bringUp, readAcknowledgement } from "./netlink.ts";

const cable = addCable({ index: 1, name: "c", bridge: 2 }, { index: 3, name: "eth0", pid: 4 });

test.each([
  ["a bridge", addBridge(1000, "bridge0"), 16, 0x605],
  ["a cable", cable, 16, 0x605],
  ["a device brought up", bringUp(1), 16, 0x5],
  ["an address", addAddress(1, "10.0.0.1", 24), 20, 0x605],
])("%s is one request that says how long it is and asks for an answer", (_, bytes, type, flags) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  expect(view.getUint32(0, true)).toBe(bytes.length);
  expect(view.getUint16(4, true)).toBe(type);
  expect(view.getUint16(6, true)).toBe(flags);
  // Attributes begin on multiples of four, and fill what is left (netlink(7), NLA_ALIGN).
  let at = 16 + (type === 20 ? 8 : 16);
  while (at < bytes.length) at += Math.ceil(view.getUint16(at, true) / 4) * 4;
  expect(at).toBe(bytes.length);
});

/** `struct nlmsghdr` and the error after it. */
function answer(type: number, error: number, length = 36): Uint8Array {
  const bytes = Buffer.alloc(length);
  if (length >= 6) bytes.writeUInt16LE(type, 4);
  if (length >= 20) bytes.writeInt32LE(error, 16);
  return bytes;
}

test.each([
  ["done", answer(2, 0), 0],
  ["EPERM", answer(2, -1), 1],
  ["EEXIST", answer(2, -17), 17],
  ["cut short", answer(2, 0, 19), undefined],
  ["empty", answer(2, 0, 0), undefined],
  ["of another type", answer(16, 0), undefined],
])("an answer that is %s", (_, bytes, error) => expect(readAcknowledgement(bytes)).toBe(error));
