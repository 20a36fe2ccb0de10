/** Speaks to a trampoline, in a container or in a namespace: one system call at a time, its result, and memory back. */
import { callNumber, errnoName, type SyscallName } from "./syscalls.ts";

/** A number, or bytes that are placed in the trampoline's memory and passed by their address. */
export type Argument = number | bigint | Uint8Array;

/** A process that runs the trampoline, wherever it does. */
export interface TrampolineProcess {
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  /** Never rejects. */
  readonly exited: Promise<Ended>;
}

export interface Ended {
  /** `undefined` when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly outOfMemory: boolean;
}

export type CallResult =
  | {
      readonly kind: "returned";
      readonly value: bigint;
      /** `undefined` when the call succeeded. */
      readonly errno: string | undefined;
      /** What lay in the memory asked for, afterwards. */
      readonly memory: Uint8Array;
    }
  /** The process ended before it answered, which for some attacks is the answer. */
  | { readonly kind: "ended"; readonly exit: Ended };

export interface Trampoline {
  /**
   * @param memory how many bytes to read back, from the first byte argument's place on
   * @throws UnableError when the container does not answer in time, or something else writes to its output
   */
  call(name: SyscallName, args?: readonly Argument[], memory?: number): Promise<CallResult>;
  /**
   * Executes a copy of the trampoline in its own place. A call that succeeds has no answer, so a second one is sent
   * after it: whoever answers first tells what happened.
   * @returns `undefined` when the new program runs, else the errno or the end
   */
  execute(path: string): Promise<CallResult | undefined>;
}

/** The attack could not be made, which proves nothing. */
export class UnableError extends Error {
  override readonly name = "UnableError";
}

const RECORD = 64;
export const REPLY = 16;
/** Of the scratch area, see the listing. */
const SCRATCH = 0x10000048n;
const ALIGNMENT = 16;
const WORD_OFFSET = 56;
/** The kernel answers in microseconds; a loaded machine in less than this. */
const PATIENCE = 15_000;

/** @param patience milliseconds until a call that does not return is given up */
export function trampoline(running: TrampolineProcess, patience: number = PATIENCE): Trampoline {
  const received: Buffer[] = [];
  let wake: () => void = () => undefined;
  let ended: Ended | undefined;
  running.stdout.on("data", (chunk: Buffer) => {
    received.push(chunk);
    wake();
  });
  running.stdin.on("error", () => undefined);
  void (async () => {
    ended = await running.exited;
    wake();
  })();

  async function receive(length: number): Promise<Buffer | undefined> {
    const deadline = Date.now() + patience;
    for (;;) {
      const all = Buffer.concat(received);
      if (all.length >= length) {
        received.splice(0, received.length, all.subarray(length));
        return all.subarray(0, length);
      }
      if (ended !== undefined) return undefined;
      const left = deadline - Date.now();
      if (left <= 0) throw new UnableError(`no answer from the container within ${patience / 1000} s`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  let tag = 0;
  function send(name: SyscallName, args: readonly Argument[], memory: number): bigint {
    tag = (tag + 1) & 0xffff;
    const { record, word } = encode(name, args, memory, tag);
    running.stdin.write(record);
    return word;
  }

  return {
    async call(name, args = [], memory = 0) {
      const word = send(name, args, memory);
      const reply = await receive(REPLY + memory);
      if (reply === undefined) return { kind: "ended", exit: await running.exited };
      if (reply.readBigUInt64LE(0) !== word) throw strangerWrites();
      return decode(reply);
    },
    async execute(path) {
      const word = send("execve", [text(path), 0, 0], 0);
      const next = send("getuid", [], 0);
      const first = await receive(REPLY);
      if (first === undefined) return { kind: "ended", exit: await running.exited };
      if (first.readBigUInt64LE(0) === next) return undefined;
      if (first.readBigUInt64LE(0) !== word) throw strangerWrites();
      await receive(REPLY);
      return decode(first);
    },
  };
}

function strangerWrites(): UnableError {
  return new UnableError("something else in the container writes to the same output");
}

export function decode(reply: Buffer): Extract<CallResult, { kind: "returned" }> {
  const value = reply.readBigInt64LE(8);
  const failed = value < 0n && value >= -4095n;
  return {
    kind: "returned",
    value,
    errno: failed ? errnoName(Number(-value)) : undefined,
    memory: reply.subarray(REPLY),
  };
}

/** The record and the bytes for the scratch area, as the listing describes them. */
export function encode(
  name: SyscallName,
  args: readonly Argument[],
  memory: number,
  tag: number,
): { readonly record: Buffer; readonly word: bigint } {
  const record = Buffer.alloc(RECORD);
  const data: Buffer[] = [];
  let used = 0;
  record.writeBigInt64LE(BigInt(callNumber(name)), 0);
  args.forEach((argument, index) => {
    let value: bigint;
    if (argument instanceof Uint8Array) {
      value = SCRATCH + BigInt(used);
      const padded = Buffer.alloc(Math.ceil(argument.length / ALIGNMENT) * ALIGNMENT);
      padded.set(argument);
      data.push(padded);
      used += padded.length;
    } else {
      value = BigInt(argument);
    }
    record.writeBigInt64LE(BigInt.asIntN(64, value), 8 * (index + 1));
  });
  const word = BigInt(used) | (BigInt(memory) << 24n) | (BigInt(tag) << 48n);
  record.writeBigUInt64LE(word, WORD_OFFSET);
  return { record: Buffer.concat([record, ...data]), word };
}

/** A C string. */
export function text(value: string): Uint8Array {
  return Buffer.from(`${value}\0`);
}
