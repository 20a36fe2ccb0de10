import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { takeLock } from "./named-lock.ts";

const name = `test-${process.pid}`;

test("one at a time has it, and it can be taken again once it was given back", async () => {
  {
    await using first = await takeLock(name);
    expect(first).toBeDefined();
    expect(await takeLock(name)).toBeUndefined();
    await using other = await takeLock(`${name}-other`);
    expect(other).toBeDefined();
  }
  await using again = await takeLock(name);
  expect(again).toBeDefined();
});

test("a process that is killed gives it back", async () => {
  const path = `\\0seaworthy/${process.getuid?.() ?? 0}/${name}`;
  const script = `require("net").createServer().listen({ path: "${path}" }, () => console.log("held"))`;
  const holder = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  expect(await takeLock(name)).toBeUndefined();
  holder.kill("SIGKILL");
  await once(holder, "exit");
  await using taken = await takeLock(name);
  expect(taken).toBeDefined();
});
