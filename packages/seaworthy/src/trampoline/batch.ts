/** Calls for a trampoline that is given all of its input at once and ends after it, as a second process of a container is. */
import { type CallResult, decode, encode, REPLY } from "./client.ts";
import type { SyscallName } from "./syscalls.ts";

/** Its standard input for these calls, which take no arguments. */
export function batchOf(names: readonly SyscallName[]): Uint8Array {
  return Buffer.concat(names.map((name, index) => encode(name, [], 0, index).record));
}

/** @param output its standard output @returns what came of each call that was answered, in their order */
export function resultsOf(output: Uint8Array): readonly Extract<CallResult, { kind: "returned" }>[] {
  const replies = Math.floor(output.length / REPLY);
  return Array.from({ length: replies }, (_, index) =>
    decode(Buffer.from(output.subarray(index * REPLY, (index + 1) * REPLY))),
  );
}
