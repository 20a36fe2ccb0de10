import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batchOf, resultsOf } from "./batch.ts";
import {
  type Ended,
  type Trampoline,
  type TrampolineProcess,
  text,
  trampoline,
  UnableError,
} from "./client.ts";
import { errnoName, SYSCALLS, SYSCALLS_32 } from "./syscalls.ts";
import { TRAMPOLINE_X64 } from "./trampoline-x64.ts";

const hasBinutils = ["as", "ld", "objdump"].every((tool) => spawnSync(tool, ["--version"]).status === 0);
const isX64 = process.arch === "x64";
const LISTING = join(import.meta.dirname, "trampoline-x64.s");
let directory = "";
let program = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "trampoline-"));
  program = join(directory, "trampoline");
  writeFileSync(program, TRAMPOLINE_X64);
  chmodSync(program, 0o755);
});
afterAll(() => rmSync(directory, { recursive: true }));

describe.skipIf(!hasBinutils || !isX64)("against the listing (needs binutils on x86-64)", () => {
  test("the bytes are what the listing assembles to", () => {
    execFileSync("as", [LISTING, "-o", join(directory, "listing.o")]);
    execFileSync("ld", [
      "--oformat",
      "binary",
      "-Ttext=0x400000",
      join(directory, "listing.o"),
      "-o",
      join(directory, "listed"),
    ]);
    expect(readFileSync(join(directory, "listed")).equals(Buffer.from(TRAMPOLINE_X64))).toBe(true);
  });

  test("a disassembler finds the system calls that the listing has, and no other", () => {
    const code = execFileSync("objdump", [
      "-D",
      "-b",
      "binary",
      "-m",
      "i386:x86-64",
      "--start-address=0xb0",
      program,
    ]).toString();
    const listed = readFileSync(LISTING, "utf8").match(/^\s+(?:\w+:\s+)?(?:syscall|int)\b/gm) ?? [];
    expect(code.match(/\b(?:syscall|int)\b/g)).toHaveLength(listed.length);
    expect(code).not.toMatch(/\(bad\)/);
  });
});

describe.skipIf(!isX64)("running here (needs x86-64)", () => {
  async function inTrampoline(work: (trampoline: Trampoline) => Promise<void>): Promise<void> {
    // A group of its own: what it forks holds its output open.
    const child = spawn(program, { stdio: ["pipe", "pipe", "pipe"], detached: true });
    const exited = new Promise<Ended>((resolve) => {
      child.once("close", (code, signal) => {
        resolve({ code: code ?? undefined, signal: signal ?? undefined, outOfMemory: false });
      });
    });
    const running = {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      exited,
    } as unknown as TrampolineProcess;
    try {
      await work(trampoline(running, 5000));
    } finally {
      try {
        process.kill(-(child.pid ?? 0), "SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await exited;
    }
  }

  test("results, errors and memory come back", () =>
    inTrampoline(async ({ call }) => {
      expect(await call("getuid")).toMatchObject({
        kind: "returned",
        value: BigInt(process.getuid?.() ?? 0),
      });
      expect(await call("open", [text("/no/such/file"), 0, 0])).toMatchObject({ errno: "ENOENT" });
      const opened = await call("open", [text("/proc/self/comm"), 0, 0]);
      const descriptor = opened.kind === "returned" ? opened.value : -1n;
      const read = await call("read", [descriptor, new Uint8Array(64), 64], 64);
      expect(
        read.kind === "returned" && Buffer.from(read.memory).toString("latin1", 0, Number(read.value)),
      ).toBe("trampoline\n");
    }));

  test("a child that was forked leaves the parent's input alone", () =>
    inTrampoline(async ({ call }) => {
      for (let count = 0; count < 20; count += 1) {
        const forked = await call("fork");
        expect(forked.kind === "returned" && forked.value > 0n).toBe(true);
        expect(await call("getuid")).toMatchObject({ kind: "returned", errno: undefined });
      }
    }));

  test("a call as a program of 32 bits makes it has the same answer, and its errors come back", () =>
    inTrampoline(async ({ call }) => {
      const own = await call("getpid");
      const narrow = await call("32-bit getpid");
      // A kernel that runs no 32-bit programs says so in this way.
      if (narrow.kind === "ended") return expect(narrow.exit.signal).toBe("SIGSEGV");
      expect(narrow).toEqual(own);
      const numbers = Buffer.from(new Int32Array([1_000_000, 1, 0]).buffer);
      expect(await call("32-bit socketcall", [1, numbers])).toMatchObject({ errno: "EAFNOSUPPORT" });
      expect(await call("getpid"), "it goes on as before").toEqual(own);
    }));

  test("a child of vfork ends at once, and its parent goes on and sees to nobody", () => {
    const { stdout, status } = spawnSync(program, { input: batchOf(["vfork", "getuid", "vfork"]) });
    expect(status).toBe(0);
    const results = resultsOf(stdout);
    expect(results.map(({ errno }) => errno)).toEqual([undefined, undefined, undefined]);
    expect(results.map(({ value }) => value > 0n)).toEqual([true, process.getuid?.() !== 0, true]);
  });

  test("executing a copy is told from not being able to", () =>
    inTrampoline(async ({ execute, call }) => {
      expect(await execute("/no/such/file")).toMatchObject({ errno: "ENOENT" });
      expect(await execute(program)).toBeUndefined();
      expect(await call("getuid")).toMatchObject({ kind: "returned" });
    }));

  test("a process that ends is an answer, and the signal is known", () =>
    inTrampoline(async ({ call }) => {
      expect(await call("read", [0, 0n, 0])).toMatchObject({ kind: "returned" });
      // The trampoline's own code unmapped: the next instruction is gone.
      expect(await call("mmap", [0x400000, 4096, 0, 0x32, -1, 0])).toMatchObject({
        kind: "ended",
        exit: { signal: "SIGSEGV" },
      });
    }));
});

test("a container that writes to the same output is found out", async () => {
  const child = spawn("sh", ["-c", "printf '%064d' 7; sleep 5"], { stdio: ["pipe", "pipe", "pipe"] });
  const exited = new Promise<Ended>(() => undefined);
  const running = { stdin: child.stdin, stdout: child.stdout, exited } as unknown as TrampolineProcess;
  await expect(trampoline(running).call("getuid")).rejects.toBeInstanceOf(UnableError);
  child.kill("SIGKILL");
});

test("silence ends", async () => {
  const child = spawn("sleep", ["5"], { stdio: ["pipe", "pipe", "pipe"] });
  const running = {
    stdin: child.stdin,
    stdout: child.stdout,
    exited: new Promise<Ended>(() => undefined),
  } as unknown as TrampolineProcess;
  await expect(trampoline(running, 50).call("getuid")).rejects.toThrow(/no answer/);
  child.kill("SIGKILL");
});

test.skipIf(spawnSync("sh", ["-c", "command -v cc"]).status !== 0 || !isX64)(
  "numbers and names are those of the C headers (needs cc)",
  () => {
    const names = Object.keys(SYSCALLS).map((name) => `SYS_${name}`);
    const source = `#include <sys/syscall.h>\n${names.map((name) => `CALL ${name}`).join("\n")}\n`;
    const lines =
      execFileSync("cc", ["-E", "-P", "-x", "c", "-"], { input: source })
        .toString()
        .match(/^CALL .*$/gm) ?? [];
    expect(lines).toEqual(Object.values(SYSCALLS).map((number) => `CALL ${number}`));
    const narrow = Object.keys(SYSCALLS_32).map((name) => `CALL __NR_${name.replace("32-bit ", "")}`);
    expect(
      execFileSync("cc", ["-E", "-P", "-x", "c", "-"], {
        input: `#include <asm/unistd_32.h>\n${narrow.join("\n")}\n`,
      })
        .toString()
        .match(/^CALL .*$/gm),
    ).toEqual(Object.values(SYSCALLS_32).map((number) => `CALL ${number}`));
    const errors = [
      "EPERM",
      "ENOENT",
      "EAGAIN",
      "EACCES",
      "EFAULT",
      "EINVAL",
      "ENOSPC",
      "EROFS",
      "ENOSYS",
      "ENETUNREACH",
    ];
    const header = `#include <errno.h>\n${errors.map((name) => `ERR ${name}`).join("\n")}\n`;
    const numbers =
      execFileSync("cc", ["-E", "-P", "-x", "c", "-"], { input: header })
        .toString()
        .match(/^ERR .*$/gm) ?? [];
    expect(numbers.map((line) => errnoName(Number(line.slice(4))))).toEqual(errors);
  },
);
