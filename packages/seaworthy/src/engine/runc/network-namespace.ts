/** A network namespace, kept by a tiny process that does in it what it is told, and ends with whoever started it. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { start, startFault } from "../../shell/run.ts";
import { type Ended, text, trampoline, UnableError } from "../../trampoline/client.ts";
import { errnoName, type SyscallName } from "../../trampoline/syscalls.ts";
import { TRAMPOLINE_X64 } from "../../trampoline/trampoline-x64.ts";
import type { NetworkHandle } from "../engine.ts";
import { ACKNOWLEDGEMENT, readAcknowledgement } from "./netlink.ts";

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const O_WRONLY = 1;
/** linux/prctl.h, prctl(2). */
const PR_SET_NO_NEW_PRIVS = 38;

export interface NetworkNamespace extends AsyncDisposable {
  /** Of the process that keeps it. */
  readonly pid: number;
  readonly handle: NetworkHandle;
  /**
   * Sends one request from netlink.ts.
   * @throws UnableError with the kernel's answer
   */
  ask(what: string, request: Uint8Array): Promise<void>;
  /** @param path below `/proc/sys/net`. @throws UnableError */
  set(path: string, value: string): Promise<void>;
}

/** The trampoline as a file that can be executed, wherever the caller may keep programs. Needed only while processes start. */
export async function networkProgram(folder: string): Promise<{ readonly path: string } & AsyncDisposable> {
  await mkdir(folder, { recursive: true });
  const directory = await mkdtemp(join(folder, "network-"));
  const path = join(directory, "seaworthy-network");
  await writeFile(path, TRAMPOLINE_X64);
  await chmod(path, 0o700);
  return { path, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

/**
 * @param enter what stands before the program: `unshare --net --` for a new namespace, nothing for our own
 * @throws UnableError
 */
export async function openNamespace(program: string, enter: readonly string[]): Promise<NetworkNamespace> {
  const argv = [...enter, program];
  const env = { PATH: process.env["PATH"] };
  const child = start(argv, { cwd: "/", env, stdio: ["pipe", "pipe", "ignore"], detached: true });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new TypeError("expected piped streams");
  stdin.on("error", () => undefined);
  const exited = new Promise<Ended>((resolve) => {
    const end = (code: number | null, signal: string | null): void =>
      resolve({ code: code ?? undefined, signal: signal ?? undefined, outOfMemory: false });
    child.once("exit", end);
    child.once("error", () => end(null, null));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(new UnableError(startFault(error, argv).message)));
  });
  const pid = child.pid ?? -1;
  const { call } = trampoline({ stdin, stdout, exited });

  async function make(
    what: string,
    name: SyscallName,
    args: Parameters<typeof call>[1],
    memory = 0,
  ): Promise<{ readonly value: bigint; readonly memory: Uint8Array }> {
    const result = await call(name, args, memory);
    if (result.kind === "ended") throw new UnableError(`${what}: the process that was to do it ended`);
    if (result.errno !== undefined) throw new UnableError(`${what}: ${result.errno}`);
    return result;
  }

  async function close(): Promise<void> {
    stdin?.end();
    await exited;
  }

  async function ask(what: string, request: Uint8Array): Promise<void> {
    await make(what, "write", [socket, request, request.length]);
    const answer = await make(
      what,
      "read",
      [socket, new Uint8Array(ACKNOWLEDGEMENT), ACKNOWLEDGEMENT],
      ACKNOWLEDGEMENT,
    );
    const error = readAcknowledgement(answer.memory);
    if (error !== 0)
      throw new UnableError(`${what}: ${error === undefined ? "no answer" : errnoName(error)}`);
  }

  let socket = -1n;
  try {
    // What keeps a namespace outlives its making: it never executes anything again.
    await make("give up new privileges", "prctl", [PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]);
    socket = (await make("open a netlink socket", "socket", [AF_NETLINK, SOCK_RAW, 0])).value;
  } catch (error) {
    await close();
    throw error;
  }
  return {
    pid,
    handle: `/proc/${pid}/ns/net`,
    ask,
    async set(path, value) {
      const what = `write ${value} to /proc/sys/net/${path}`;
      const file = await make(what, "open", [text(`/proc/sys/net/${path}`), O_WRONLY, 0]);
      const bytes = Buffer.from(value);
      await make(what, "write", [file.value, bytes, bytes.length]);
      await make(what, "close", [file.value]);
    },
    [Symbol.asyncDispose]: close,
  };
}
