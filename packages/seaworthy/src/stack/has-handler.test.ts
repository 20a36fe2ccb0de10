import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { hasHandler, hearsStop } from "./has-handler.ts";

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) process.kill(pid, "SIGKILL");
});

/** Resolves when the program has said that it is ready. */
async function run(program: string, ...args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
  if (child.pid === undefined) throw new Error(`expected ${program} to start`);
  started.push(child.pid);
  await once(child.stdout, "data");
  return child.pid;
}

test.each([
  ["a handler", "trap 'exit 0' TERM; echo; read x", "SIGTERM", true],
  ["a handler of another signal", "trap 'exit 0' TERM; echo; read x", "SIGHUP", false],
  ["none", "echo; read x", "SIGTERM", false],
  ["one that is ignored", "trap '' TERM; echo; read x", "SIGTERM", false],
  ["a signal without a name", "trap 'exit 0' TERM; echo; read x", "SIGRTMIN+3", false],
])("%s", async (_, script, signal, has) => {
  expect(await hasHandler(await run("sh", "-c", script), signal)).toBe(has);
});

test("a handler that a program sets when its work begins", async () => {
  const pid = await run(
    process.execPath,
    "-e",
    "process.on('SIGTERM', () => {}); console.log(); setInterval(() => {}, 1e6)",
  );
  expect(await hasHandler(pid, "SIGTERM")).toBe(true);
  expect(await hasHandler(pid, "SIGUSR2")).toBe(false);
});

test("a process that is no more", async () => {
  expect(await hasHandler(2 ** 22 + 1, "SIGTERM")).toBe(false);
});

test.each([
  ["does", "trap 'exit 0' TERM; echo; read x", true],
  ["does not", "echo; read x", false],
])("a service that %s, behind a first process that hears whatever comes", async (_, service, hears) => {
  const init = await run("sh", "-c", `trap : TERM; exec 3<&0; sh -c "${service}" <&3 & sleep 9 & wait`);
  expect(await hasHandler(init, "SIGTERM")).toBe(true);
  const stopSignal = "SIGTERM";
  expect(await hearsStop(init, { stopSignal, extras: { init: true } })).toBe(hears);
  expect(await hearsStop(init, { stopSignal })).toBe(true);
});

test("an init that has started nothing yet", async () => {
  const alone = await run("sh", "-c", "trap : TERM; echo; read x");
  expect(await hearsStop(alone, { stopSignal: "SIGTERM", extras: { init: true } })).toBe(false);
});
