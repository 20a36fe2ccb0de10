/** A socket as a program of 32 bits asks for it: the arguments are in memory, where no filter looks. */
import type { NonsenseCall } from "./stopped-calls.ts";

/** Of include/uapi/linux/net.h. */
const SYS_SOCKET = 1;

/** @param words how a person writes the three arguments of socket(2) */
export function as32Bit(words: string, socket: readonly [number, number, number]): NonsenseCall {
  const memory = Buffer.from(Int32Array.from(socket).buffer);
  return [`socketcall(SYS_SOCKET, {${words}}), by int 0x80`, "32-bit socketcall", [SYS_SOCKET, memory]];
}
