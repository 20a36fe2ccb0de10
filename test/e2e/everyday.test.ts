/** What people do with a stack that is up: look at its logs, run something in it, see what it uses. */
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, type Sandbox, sandbox } from "./cli.ts";

describe.skipIf(!isRoot())("a stack that is up (needs root)", () => {
  let example: Sandbox;

  beforeAll(async () => {
    example = await sandbox();
    const { code, stderr } = await example.seaworthy(["up"]);
    expect(code, stderr).toBe(0);
  }, 300_000);
  afterAll(async () => await example[Symbol.asyncDispose](), 60_000);

  test("exec runs a program with the service's own rights, and tells how it ended", async () => {
    const ran = await example.seaworthy(["exec", "app", "--", "node", "-p", "process.getuid()"]);
    expect(ran).toMatchObject({ code: 0, stdout: "10001\n" });
    const plain = await example.seaworthy(["exec", "app", "node", "-p", "process.getuid()"]);
    expect(plain).toMatchObject({ code: 0, stdout: "10001\n" });
    const failed = await example.seaworthy(["exec", "app", "--", "node", "-e", "process.exit(7)"]);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("found 7") as string });
    const unknown = await example.seaworthy(["exec", "web", "--", "node"]);
    expect(unknown.stderr).toContain("app, db, redis");
  });

  test("exec -i gives the program what is piped in", async () => {
    const echo = "process.stdin.pipe(process.stdout)";
    const ran = await example.seaworthy(["exec", "-i", "app", "--", "node", "-e", echo], {
      wrapper: ["sh", "-c", 'printf "one\\ntwo\\n" | "$@"', "sh"],
    });
    expect(ran).toMatchObject({ code: 0, stdout: "one\ntwo\n" });
  });

  test("restart gives a service a new process, and it gets healthy again", async () => {
    const pidOf = async (): Promise<{ pid: number; status: string }> => {
      const { stdout } = await example.seaworthy(["ps", "--json"]);
      const { services } = JSON.parse(stdout) as {
        services: { name: string; pid: number; status: string }[];
      };
      return services.find(({ name }) => name === "redis") ?? { pid: 0, status: "" };
    };
    const before = await pidOf();
    const { code, stdout, stderr } = await example.seaworthy(["restart", "--service", "redis", "--json"]);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ restarted: ["redis"] });
    for (let tries = 0; tries < 50 && (await pidOf()).status !== "healthy"; tries += 1) await delay(200);
    const after = await pidOf();
    expect(after.status).toBe("healthy");
    expect(after.pid).not.toBe(before.pid);
    const unknown = await example.seaworthy(["restart", "--service", "web"]);
    expect(unknown).toMatchObject({ code: 3, stderr: expect.stringContaining("app, db, redis") as string });
  });

  test("logs since a time, with times, and without names", async () => {
    const all = await example.seaworthy(["logs", "--service", "db", "--timestamps"]);
    expect(all.stdout).toMatch(/^db \| 20\d\d-\d\d-\d\dT[\d:.]+Z .*database system is ready/m);
    const none = await example.seaworthy(["logs", "--since", "2100-01-01", "--no-prefix"]);
    expect(none).toMatchObject({ code: 0, stdout: "" });
    const wrong = await example.seaworthy(["logs", "--since", "soon"]);
    expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining('"soon"') as string });
  });

  test("engine tells what was found and where, what was not, and how to choose", async () => {
    const told = await example.seaworthy(["engine"], { env: { SEAWORTHY_ENGINE: "" } });
    expect(told.stdout).toMatch(/^engine +\S+ \d/m);
    expect(told.stdout).toMatch(/^choose +with --engine /m);
    const env = { SEAWORTHY_ENGINE: "", DOCKER_HOST: "unix:///nowhere.sock" };
    const { code, stdout } = await example.seaworthy(["engine", "--json"], { env });
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as { engine: string; foundAt: string; passedOver: { reason: string } };
    expect(report.engine).toBe("runc");
    expect(existsSync(report.foundAt), report.foundAt).toBe(true);
    expect(report.passedOver.reason).toContain("unix:///nowhere.sock");
    const asked = await example.seaworthy(["engine", "--engine", "docker"], { env });
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining("DOCKER_HOST") as string });
    const unknown = await example.seaworthy(["engine", "--engine", "lxc"]);
    expect(unknown).toMatchObject({ code: 3, stderr: expect.stringContaining('"lxc"') as string });
  });

  test("stats shows every service with its limits", async () => {
    const { stdout } = await example.seaworthy(["stats", "--json"]);
    const usages = JSON.parse(stdout) as readonly { service: string; memory: number; memoryLimit: number }[];
    expect(usages.map(({ service }) => service)).toEqual(["app", "db", "redis"]);
    for (const { memory, memoryLimit } of usages) {
      expect(memory).toBeGreaterThan(1_000_000);
      expect(memory).toBeLessThan(memoryLimit);
    }
  });

  test("logs --follow goes on until the stack is down", async () => {
    const following = example.seaworthy(["logs", "--follow", "--service", "db"]);
    await fetch(`http://127.0.0.1:${example.port}/health`);
    expect((await example.seaworthy(["down"])).code).toBe(0);
    const { code, stdout } = await following;
    expect(code).toBe(0);
    expect(stdout).toContain("database system is ready to accept connections");
    expect(stdout).toContain("database system is shut down");
  });
});
