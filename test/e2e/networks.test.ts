/** The networks of a Compose file, as its services find them on the built-in engine. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, type Sandbox, sandbox } from "./cli.ts";
import { leftovers, NOTHING } from "./leftovers.ts";

describe.skipIf(!isRoot())("a stack with networks of its own (needs root)", () => {
  let example: Sandbox;

  beforeAll(async () => {
    example = await sandbox();
    await example.edit("compose.yaml", (text) =>
      text
        .replace("networks: [edge, database, cache]", "networks: [edge, cache, data]")
        .replace(
          "networks: [database] # no ports",
          "networks: { data: { ipv4_address: 10.98.0.9, aliases: [store] } } # no ports",
        )
        .replace(
          "  edge: {} ",
          "  data: { internal: true, ipam: { config: [{ subnet: 10.98.0.0/24 }] } }\n  edge: {} ",
        ),
    );
    const { code, stderr } = await example.seaworthy(["up"]);
    expect(code, stderr).toBe(0);
  }, 300_000);
  afterAll(async () => await example[Symbol.asyncDispose](), 60_000);

  /** Both streams: what a client in the cache says of an address. */
  async function ask(host: string, port: number): Promise<string> {
    const argv = ["redis-cli", "-u", `redis://${host}:${port}`, "ping"];
    const { stdout, stderr } = await example.seaworthy(["exec", "redis", "--", ...argv]);
    return stdout + stderr;
  }

  test("the service reaches its database and its cache, which are in different networks", async () => {
    const { status } = await fetch(`http://127.0.0.1:${example.port}/health`);
    expect(status).toBe(200);
    const script = `require("node:net").connect(5432, "store").on("connect", function () { console.log(this.remoteAddress); this.end() })`;
    const { stdout } = await example.seaworthy(["exec", "app", "--", "node", "-e", script]);
    expect(stdout).toBe("10.98.0.9\n");
  });

  test("the cache does not reach the database, and does reach the service", async () => {
    expect(await ask("db", 5432)).toMatch(/name or service|name resolution|not known/i);
    expect(await ask("10.98.0.9", 5432)).toMatch(/unreachable/i);
    expect(await ask("app", 8000)).not.toMatch(/could not connect/i);
  });

  test("what is down leaves nothing", async () => {
    expect((await example.seaworthy(["down"])).code).toBe(0);
    expect(leftovers(dirname(example.project), example.name)).toEqual(NOTHING);
  });
});

describe.skipIf(!isRoot())("without a runtime at hand (needs root)", () => {
  test("ps, logs and down ask nobody for one", async () => {
    await using example = await sandbox({ cache: "fresh" });
    expect(JSON.parse((await example.seaworthy(["ps", "--json"])).stdout)).toEqual({ services: [] });
    expect((await example.seaworthy(["down"])).code).toBe(0);
    await example.seaworthy(["logs"]);
    expect(existsSync(join(example.env["SEAWORTHY_CACHE_DIR"] ?? "", "engine"))).toBe(false);
  });
});
