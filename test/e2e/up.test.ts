/** A stack that stays up: its service answers, its data survives, its database is out of reach. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, type Sandbox, sandbox } from "./cli.ts";
import { leftovers, NOTHING } from "./leftovers.ts";

function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
}

describe.skipIf(!isRoot())("up (needs root)", () => {
  let example: Sandbox;
  const ask = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`http://127.0.0.1:${example.port}${path}`, init);
  beforeAll(async () => {
    example = await sandbox();
    const up = await example.seaworthy(["up"]);
    expect(up.code, up.stderr).toBe(0);
  }, 300_000);
  afterAll(() => example[Symbol.asyncDispose]());

  test("the service answers, and is ready", async () => {
    expect(await (await ask("/health")).text()).toBe('{"status":"ok"}');
    expect((await ask("/ready")).status).toBe(200);
  });

  test("three services are healthy, and only the app is published", async () => {
    const { code, stdout } = await example.seaworthy(["ps", "--json"]);
    const { services } = JSON.parse(stdout) as {
      services: { name: string; status: string; ports: unknown[] }[];
    };
    expect(code).toBe(0);
    expect(services.map(({ name, status, ports }) => [name, status, ports.length])).toEqual([
      ["app", "healthy", 1],
      ["db", "healthy", 0],
      ["redis", "healthy", 0],
    ]);
    expect([await refuses(5432), await refuses(6379)]).toEqual([true, true]);
  });

  test("a note survives down and up", async () => {
    const body = JSON.stringify({ title: "kept", body: "through down and up" });
    const made = await ask("/notes", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const { id } = (await made.json()) as { id: string };
    expect((await example.seaworthy(["down"])).code).toBe(0);
    expect(leftovers(example.env["SEAWORTHY_RUN_DIR"] ?? "", example.name)).toEqual(NOTHING);
    expect((await example.seaworthy(["up"])).code).toBe(0);
    expect(await (await ask(`/notes/${id}`)).json()).toMatchObject({ title: "kept" });
  }, 60_000);

  test("logs are kept, by service", async () => {
    const { stdout } = await example.seaworthy(["logs", "--service", "db", "--tail", "50"]);
    expect(stdout).toMatch(/database system is ready to accept connections/);
  });

  test("a second up is refused, and changes nothing", async () => {
    const second = await example.seaworthy(["up"]);
    expect(second).toMatchObject({ code: 3, stderr: expect.stringMatching(/already|running/) as string });
    expect((await ask("/health")).status).toBe(200);
  });

  test("prove attacks the running stack and leaves it up", async () => {
    const proved = await example.seaworthy(["prove"]);
    expect(proved.code, proved.stdout + proved.stderr).toBe(0);
    expect((await ask("/ready")).status).toBe(200);
  }, 60_000);

  test("prove refuses to speak for a stack that was started from another file", async () => {
    await example.edit("compose.yaml", (text) => text.replace("pids_limit: 64", "pids_limit: 65"));
    const proved = await example.seaworthy(["prove"]);
    expect(proved).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("another version of it") as string,
    });
  }, 60_000);
});
