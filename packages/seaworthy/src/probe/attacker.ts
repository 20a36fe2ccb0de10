/** Makes system calls in a container and writes down each with what came of it. */
import type { Attempt, Step, Text } from "@seaworthy/evidence";
import { type Argument, type CallResult, type Trampoline, text } from "../trampoline/client.ts";
import type { SyscallName } from "../trampoline/syscalls.ts";

export interface Attacker {
  /** @param did the call as a person writes it: `mount("none", "/mnt", "tmpfs", 0, NULL)` */
  call(did: string, name: SyscallName, args?: readonly Argument[], memory?: number): Promise<CallResult>;
  /** A call whose steps would only repeat: not written down. */
  quietly(name: SyscallName, args?: readonly Argument[], memory?: number): Promise<CallResult>;
  /** Executes a copy of the trampoline. */
  execute(did: string, path: string): Promise<{ readonly executed: boolean; readonly saw: string }>;
  note(did: string, saw: string): void;
  /** At most the first 64 KiB of a file, or the errno. */
  readFile(path: string): Promise<Buffer | string>;
  /** Where a symbolic link leads, or `undefined` and the errno. */
  readLink(path: string): Promise<{ readonly target: string | undefined; readonly saw: string }>;
  breached(summary: Text): Attempt;
  refused(summary: Text): Attempt;
  absent(summary: Text): Attempt;
  unable(summary: Text): Attempt;
}

export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_CREAT_EXCL = 0o300;
/**
 * What an attack calls a file that it makes, always anew and in a container of its own: both attempts of a pair name the same
 * path. One that is there already is not made (O_EXCL), which is no success.
 */
export const PLANTED = ".seaworthy-planted";
const LONGEST_LINK = 1024;
const READ_SIZE = 64 * 1024;

export function attacker(trampoline: Trampoline): Attacker {
  const steps: Step[] = [];
  const attempt =
    (outcome: Attempt["outcome"]) =>
    (summary: Text): Attempt => ({ outcome, summary, steps: [...steps] });
  return {
    async call(did, name, args, memory) {
      const result = await trampoline.call(name, args, memory);
      steps.push({ did, saw: outcomeOf(result) });
      return result;
    },
    quietly: (name, args, memory) => trampoline.call(name, args, memory),
    async execute(did, path) {
      const failed = await trampoline.execute(path);
      const saw = failed === undefined ? "0" : outcomeOf(failed);
      steps.push({ did, saw });
      return { executed: failed === undefined, saw };
    },
    note: (did, saw) => steps.push({ did, saw }),
    async readFile(path) {
      const opened = await trampoline.call("open", [text(path), O_RDONLY, 0]);
      if (!succeeded(opened)) return outcomeOf(opened);
      const content: Buffer[] = [];
      for (let left = READ_SIZE; left > 0; ) {
        const read = await trampoline.call("read", [opened.value, new Uint8Array(4096), 4096], 4096);
        if (!succeeded(read)) return outcomeOf(read);
        if (read.value === 0n) break;
        content.push(Buffer.from(read.memory.subarray(0, Number(read.value))));
        left -= Number(read.value);
      }
      await trampoline.call("close", [opened.value]);
      return Buffer.concat(content);
    },
    async readLink(path) {
      // What is read back begins at the path, which takes whole units of 16 bytes.
      const before = 16 * Math.ceil((Buffer.byteLength(path) + 1) / 16);
      const room = new Uint8Array(LONGEST_LINK);
      const link = await trampoline.call("readlink", [text(path), room, room.length], before + room.length);
      if (!succeeded(link)) return { target: undefined, saw: outcomeOf(link) };
      const target = Buffer.from(link.memory.subarray(before, before + Number(link.value))).toString("utf8");
      return { target, saw: target };
    },
    breached: attempt("breached"),
    refused: attempt("refused"),
    absent: attempt("absent"),
    unable: attempt("unable"),
  };
}

export function succeeded(
  result: CallResult,
): result is Extract<CallResult, { kind: "returned" }> & { errno: undefined } {
  return result.kind === "returned" && result.errno === undefined;
}

/** `EROFS`, `3`, `killed by SIGKILL`. */
export function outcomeOf(result: CallResult): string {
  if (result.kind === "returned") return result.errno ?? String(result.value);
  const { signal, code, outOfMemory } = result.exit;
  const how = signal === undefined ? `ended with ${code}` : `killed by ${signal}`;
  return outOfMemory ? `${how} for using too much memory` : how;
}

/** Whether a call failed with one of these. */
export function failedWith(result: CallResult, ...names: readonly string[]): boolean {
  return result.kind === "returned" && result.errno !== undefined && names.includes(result.errno);
}
