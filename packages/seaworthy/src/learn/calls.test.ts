import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { callOf, readCalls, union } from "./calls.ts";

test.each([
  ["7     execve(0x7ffc, 0x7ffd, 0x5591) = 0", "execve"],
  ["1234  read(0x3 <unfinished ...>", "read"],
  ["7     openat(0xffffff9c, 0x7f2c, 0x80000, 0) = -1 ENOENT (No such file or directory)", "openat"],
  ["8     exit_group(0) = ?", "exit_group"],
  ["8     _sysctl(0) = -1 ENOSYS", "_sysctl"],
  ["8     syscall_0x1c3(0x3, 0, 0) = 0", "cachestat"],
  ["8     syscall_0x3e7(0x3, 0, 0) = -1 ENOSYS", undefined],
  ["1234  <... read resumed>) = 12", undefined],
  ["7     --- SIGCHLD {si_signo=SIGCHLD} ---", undefined],
  ["7     +++ exited with 0 +++", undefined],
  ["7     ???( <unfinished ...>", undefined],
  ["", undefined],
])("%s is %s", (line, name) => expect(callOf(line)).toBe(name));

test("a log is counted, its last line need not be whole, and none is none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "calls-"));
  try {
    const file = join(folder, "calls");
    expect(await readCalls(file)).toEqual(new Map());
    await writeFile(
      file,
      "7     read(0x3) = 1\n8     write(0x1 <unfinished ...>\n7     read(0x3) = 0\n7     clo",
    );
    expect(await readCalls(file)).toEqual(
      new Map([
        ["read", 2],
        ["write", 1],
      ]),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("runs add up", () => {
  const one = new Map([["read", 2]]);
  const other = new Map([
    ["read", 1],
    ["brk", 1],
  ]);
  expect(union(one, other)).toEqual(
    new Map([
      ["read", 3],
      ["brk", 1],
    ]),
  );
});
