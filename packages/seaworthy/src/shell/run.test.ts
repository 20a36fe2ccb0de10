import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Fault } from "../fault/fault.ts";
import { run } from "./run.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

test("gives the output, the error output and the exit code", async () => {
  const outcome = await run(["sh", "-c", "cat; echo bad >&2; exit 3"], { stdin: Buffer.from("in") });
  expect([text(outcome.stdout), text(outcome.stderr), outcome.code]).toEqual(["in", "bad\n", 3]);
});

test("does not pass arguments through a shell", async () => {
  expect(text((await run(["echo", "$HOME; id"])).stdout)).toBe("$HOME; id\n");
});

test("keeps no more than asked", async () => {
  const outcome = await run(["sh", "-c", "head -c 100000 /dev/zero"], { maxOutput: 10 });
  expect(outcome.stdout.length).toBe(10);
});

test("a time-out kills the process and what it started", async () => {
  const outcome = await run(["sh", "-c", "sleep 60 & echo $!; wait"], { timeout: 300 });
  expect(outcome).toMatchObject({ timedOut: true, signal: "SIGKILL" });
  // What it started is inherited, and stays a zombie until whoever inherits it takes note.
  await expect.poll(() => isAlive(Number(text(outcome.stdout))), { timeout: 10_000 }).toBe(false);
});

test("an abort kills the process and rejects", async () => {
  const controller = new AbortController();
  const pending = run(["sleep", "60"], { signal: controller.signal });
  setTimeout(() => controller.abort(new Error("stopped by the user")), 50);
  await expect(pending).rejects.toThrow("stopped by the user");
});

test("a missing program is a fault that names it", async () => {
  await expect(run(["no-such-program-here"])).rejects.toThrow(Fault);
  await expect(run(["no-such-program-here"])).rejects.toThrow(/"no-such-program-here".*not on this machine/);
});

test("a child that does not read its input is not an error", async () => {
  expect((await run(["true"], { stdin: Buffer.alloc(1_000_000) })).code).toBe(0);
});

/** A killed orphan may stay as a zombie until its new parent looks: that counts as ended. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
